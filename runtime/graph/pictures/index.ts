export { StepFlow, trackRates, type FlowPlane, type Rate, type SessionCounters } from './flow.ts';
export { createSessionPictures, type PictureWatcher, type SessionPictures } from './picture-feed.ts';
export {
  sessionPicture,
  type PictureSources,
  type PicturedAsset,
  type PicturedPerson,
  type StepOrigin,
} from './session-picture.ts';
