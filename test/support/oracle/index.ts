export { analyseBeepAndFlash, type BeepAndFlashOptions, type BeepAndFlashReport } from './beep-and-flash.ts';
export {
  analyseComposedGuests,
  analyseFlow,
  type ComposedGuest,
  type ComposedGuestReport,
  type FlowReport,
} from './composed.ts';
export { analysePicture, pictureAt, type PictureReport, type Picture } from './picture.ts';
export { analyseTones, type ToneLevels, type TonesOptions } from './tones.ts';
export { analyseSound, type SoundReport } from './sound.ts';
export { median, percentile, standardDeviation } from './statistics.ts';
export { colourDistance, type Colour } from './colour.ts';
export { decodeMedia, type DecodedMedia, type Region } from './decoded-media.ts';
export type { Span } from './timeline.ts';
export { writeSyntheticFile, type SyntheticFileOptions } from './synthetic-file.ts';
