import type { Step } from '../contract/index.ts';
import type { StoredStep } from '../store/index.ts';

/** A step as clients are shown it: what is stored of it, with the progress it has made meanwhile. Pure. */
export function stepView(step: StoredStep, progress = step.progress): Step {
  return {
    id: step.id,
    stepId: step.id,
    step: step.type,
    roomId: step.roomId,
    sessionId: step.sessionId,
    participantId: step.participantId,
    trackIds: step.trackIds,
    recordingId: step.recordingId,
    from: step.fromStepId,
    with: step.params,
    state: step.state,
    paused: step.paused,
    reason: step.reason,
    startedAt: step.startedAt,
    endedAt: step.endedAt,
    progress,
  };
}
