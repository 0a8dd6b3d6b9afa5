import type { TranscriptFormat } from '../../../contract/index.ts';
import { toJsonText } from './json.ts';
import { toSrt } from './srt.ts';
import type { Transcript } from './transcript.ts';
import { toTsv } from './tsv.ts';
import { toTxt } from './txt.ts';
import { toVtt } from './vtt.ts';

export type { Transcript } from './transcript.ts';

/** A transcript in each of its formats: text of UTF-8. */
export const transcriptWriters: Readonly<Record<TranscriptFormat, (transcript: Transcript) => string>> = {
  json: toJsonText,
  srt: toSrt,
  vtt: toVtt,
  tsv: toTsv,
  txt: toTxt,
};
