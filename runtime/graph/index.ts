export type { StepPlane } from './step-plane.ts';
export {
  createStepSupervisor,
  type ImageResolver,
  type StepObserver,
  type StepSupervisor,
} from './supervisor.ts';
export { createRecordingService, type RecordingService } from './recordings.ts';
export { reconcile } from './reconcile.ts';
