export { createPlaySources, type PlaySources } from './play-source.ts';
export { createPlayService, type PlayManner, type PlayService } from './plays.ts';
export { stepsWithPlays } from './steps-with-plays.ts';
