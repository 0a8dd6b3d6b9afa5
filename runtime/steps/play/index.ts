export { play } from './play.ts';
export type { PlayOutcome, PlayUpdate } from './play.ts';
