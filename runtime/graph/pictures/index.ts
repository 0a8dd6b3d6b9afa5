export { StepFlow, trackRates, type FlowPlane, type Rate, type SessionCounters } from './flow.ts';
export {
  sessionPicture,
  type PictureSources,
  type PicturedAsset,
  type PicturedPerson,
  type StepOrigin,
} from './session-picture.ts';
