export type { StepPlane } from './step-plane.ts';
export {
  createStepSupervisor,
  type ImageResolver,
  type StepObserver,
  type StepSupervisor,
} from './supervisor.ts';
export { createRecordingService, type RecordingService } from './recordings.ts';
export type { RecordingBeside, RoomRecordingService } from './room-recordings.ts';
export { createMergeService, type MergeService } from './merges.ts';
export { reconcile } from './reconcile.ts';
export { createImageResolver } from './composition-images.ts';
export { createOutboundGuard, type OutboundGuard } from './outbound-address.ts';
export { createLivestreamService, type LivestreamService } from './livestreams.ts';
export { createHlsService, type HlsAnswer, type HlsMediaRequest, type HlsService } from './hls/index.ts';
