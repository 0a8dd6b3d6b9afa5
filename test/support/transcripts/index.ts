export { cuesOf } from './cues.ts';
export { documentOf, linesOf, rowsOf } from './rows.ts';
export type { Spoken } from './spoken.ts';
