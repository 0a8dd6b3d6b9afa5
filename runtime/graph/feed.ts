import type { Static } from 'typebox';
import { RoomflowError, type StartStepBody } from '../contract/index.ts';
import type { StoredStep } from '../store/index.ts';

/**
 * What a step's params are once its input is known: a step fed by a tap takes the tap's participant and,
 * when it names none itself, the tap's kinds. Pure.
 */
export function feedFrom(
  body: Static<typeof StartStepBody>,
  sessionId: string,
  liveStep: (stepId: string) => StoredStep | undefined,
): Record<string, unknown> {
  const params = { ...body.with };
  if (body.from === undefined) {
    return params;
  }
  const source = liveStep(body.from);
  if (source?.sessionId !== sessionId) {
    throw new RoomflowError(
      'step-not-running',
      `from: "${body.from}" is not a running step of this session. Start a tap first, or name a participantId.`,
    );
  }
  if (source.type !== 'tap') {
    throw new RoomflowError(
      'invalid-step-params',
      `from: "${body.from}" is a ${source.type} step, which hands on no frames; use the stepId of a tap.`,
    );
  }
  if (params['participantId'] !== undefined && params['participantId'] !== source.participantId) {
    throw new RoomflowError(
      'invalid-step-params',
      `with.participantId ${JSON.stringify(params['participantId'])} is not the tap's participant "${source.participantId ?? ''}".`,
    );
  }
  params['participantId'] = source.participantId;
  const kinds = source.params['kinds'];
  if (
    body.step === 'record' &&
    Array.isArray(kinds) &&
    params['kind'] === undefined &&
    params['mode'] === undefined
  ) {
    if (kinds.length === 1 && kinds[0] === 'audio') {
      params['mode'] = 'audio';
    } else if (kinds.length === 1) {
      params['kind'] = kinds[0];
    }
  }
  return params;
}
