import type { Transcript } from './transcript.ts';

/** The whole transcript, words and gaps included, as `TranscriptDocument` of the contract says. */
export const toJsonText = (transcript: Transcript): string => `${JSON.stringify(transcript, null, 2)}\n`;
