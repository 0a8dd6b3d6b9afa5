import type { IDataObject } from 'n8n-workflow';
import type { Step } from '../../../runtime/contract/index.ts';

/** A running or ended step as an item. */
export function stepItem(step: Step): IDataObject {
  return {
    step: step.step,
    stepId: step.stepId,
    roomId: step.roomId,
    sessionId: step.sessionId,
    participantId: step.participantId,
    trackIds: step.trackIds,
    ...(step.recordingId === null ? {} : { recordingId: step.recordingId }),
    ...(step.from === null ? {} : { from: step.from }),
    state: step.state,
    paused: step.paused,
    reason: step.reason,
    startedAt: step.startedAt,
    endedAt: step.endedAt,
    progress: step.progress,
  };
}
