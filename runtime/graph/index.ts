export type { StepPlane } from './step-plane.ts';
export { createStepSupervisor, type StepSupervisor } from './supervisor.ts';
export { createRecordingService, type RecordingService } from './recordings.ts';
export { reconcile } from './reconcile.ts';
