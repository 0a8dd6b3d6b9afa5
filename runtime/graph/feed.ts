import { RoomflowError, type StepRequest } from '../contract/index.ts';
import type { StoredStep } from '../store/index.ts';

/**
 * What a step's params are once its input is known: a step fed by a tap takes the tap's participant and,
 * when it names none itself, the tap's kinds; a transcription of a tap is of its participant alone; a step fed by
 * a `compose` step takes its composition. Pure.
 */
export function feedFrom(
  body: StepRequest,
  sessionId: string | null,
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
      `from: "${body.from}" is not a running step of this session. Start a tap or a compose step first, or leave from out.`,
    );
  }
  switch (source.type) {
    case 'tap':
      return fromTap(body.step, params, source);
    case 'compose':
      return fromComposition(body, params, source);
    default:
      throw new RoomflowError(
        'invalid-step-params',
        `from: "${body.from}" is a ${source.type} step, which hands on no frames; use the stepId of a tap or a compose step.`,
      );
  }
}

function fromTap(
  step: StepRequest['step'],
  params: Record<string, unknown>,
  tap: StoredStep,
): Record<string, unknown> {
  if (step === 'transcribe') {
    return fromTappedSpeaker(params, tap);
  }
  if (step !== 'record' && step !== 'tap') {
    throw new RoomflowError(
      'invalid-step-params',
      `A ${step} step takes a composition, and from: "${tap.id}" is a tap. Leave from out, or name a compose step.`,
    );
  }
  if (params['participantId'] !== undefined && params['participantId'] !== tap.participantId) {
    throw new RoomflowError(
      'invalid-step-params',
      `with.participantId ${JSON.stringify(params['participantId'])} is not the tap's participant "${tap.participantId ?? ''}".`,
    );
  }
  params['participantId'] = tap.participantId;
  const kinds = tap.params['kinds'];
  if (Array.isArray(kinds) && params['kind'] === undefined && params['mode'] === undefined) {
    if (kinds.length === 1 && kinds[0] === 'audio') {
      params['mode'] = 'audio';
    } else if (kinds.length === 1) {
      params['kind'] = kinds[0];
    }
  }
  return params;
}

/** Kinds do not matter here: a transcription takes microphones in any case. */
function fromTappedSpeaker(params: Record<string, unknown>, tap: StoredStep): Record<string, unknown> {
  const named = params['participantIds'];
  if (named !== undefined) {
    throw new RoomflowError(
      'invalid-step-params',
      `with.participantIds ${JSON.stringify(named)} cannot be given beside from: "${tap.id}", whose participant is transcribed.`,
    );
  }
  return { ...params, participantIds: [tap.participantId] };
}

/** What the composition looks like is the compose step's to say, so a picture of one's own is refused beside it. */
function fromComposition(
  { step, from }: StepRequest,
  params: Record<string, unknown>,
  compose: StoredStep,
): Record<string, unknown> {
  if (step === 'tap' || step === 'compose' || step === 'transcribe' || step === 'play') {
    throw new RoomflowError(
      'invalid-step-params',
      `A ${step} step takes nothing from another; leave from: "${from ?? ''}" out.`,
    );
  }
  const own = ['config', 'participants', 'participantId', 'kind'].filter(
    (name) => params[name] !== undefined,
  );
  if (own.length > 0) {
    throw new RoomflowError(
      'invalid-step-params',
      `with.${own.join(' and with.')} cannot be given beside from: "${compose.id}", whose picture is taken; change it with PATCH /v2/steps/${compose.id}.`,
    );
  }
  const { config, participants } = compose.params;
  return {
    ...params,
    ...(step === 'record' ? { source: 'room' } : {}),
    ...(config === undefined ? {} : { config }),
    ...(participants === undefined ? {} : { participants }),
  };
}
