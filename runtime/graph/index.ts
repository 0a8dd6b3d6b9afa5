export type { StepPlane } from './step-plane.ts';
export type { StepObserver } from './step-observer.ts';
export { createStepSupervisor, type StepSupervisor } from './supervisor.ts';
export { createRecordingService, type RecordingService } from './recordings.ts';
export type { RecordingBeside, RoomRecordingService } from './room-recordings.ts';
export { createMergeService, type MergeService } from './merges.ts';
export { reconcile } from './reconcile.ts';
export { dismissSilentSpeakers } from './silent-speakers.ts';
export { createImageResolver } from './composition-images.ts';
export { createLivestreamService, type LivestreamService } from './livestreams/index.ts';
export { createPublishService, type PublishService } from './publish-streams.ts';
export { createTapService, type TapService } from './taps/index.ts';
export { createHlsService, type HlsAnswer, type HlsMediaRequest, type HlsService } from './hls/index.ts';
export {
  createSpeechEngines,
  createTranscriptArchive,
  createTranscriptionService,
  transcriptFileId,
  type TranscriptArchive,
  type TranscriptionService,
} from './transcriptions/index.ts';
export {
  createPlayService,
  createPlaySources,
  stepsWithPlays,
  type PlayManner,
  type PlayService,
} from './plays/index.ts';
export {
  createSessionPictures,
  type FlowPlane,
  type PictureWatcher,
  type SessionCounters,
  type SessionPictures,
} from './pictures/index.ts';
export { createStepLogs, type StepLogs } from './step-logs.ts';
export { documentDiagram } from './document-diagram.ts';
export { fromWorkflow, type FromWorkflow, type NotCarried } from './from-workflow/index.ts';
export {
  concealDocument,
  graphDocumentSchema,
  matchesEvent,
  paramsOf,
  parseDocument,
  scopeIdOf,
  scopeOf,
  sourceOf,
  stepsBelow,
  stepsEndedBy,
  stepsFedBy,
  validateDocument,
  type Told,
} from './documents/index.ts';
export { createGraphService, type GraphService } from './instances/index.ts';
