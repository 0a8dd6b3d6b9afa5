export { completedTranscript } from './completed-transcript.ts';
export { cuesOf } from './cues.ts';
export { speakAt, type PlacedLine } from './placed-speech.ts';
export { documentOf, linesOf, rowsOf } from './rows.ts';
export type { Spoken } from './spoken.ts';
