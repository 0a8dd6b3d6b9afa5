import type { StepType } from '../../contract/index.ts';
import { stepTypeOf } from '../../steps/index.ts';
import { chainAbove, type Draft, type DraftEvent, type DraftStep } from './draft.ts';
import { hasSession, tellsPresentParticipant } from './event-facts.ts';
import { nearest } from './nearest.ts';
import { takesParticipantOfEvent } from './params-of.ts';
import { listed, pointerTo, type Finding } from './problem.ts';

/** Which steps take what another hands on: the rules of `feed.ts`, which a running step is held to. */
export const feeds: Partial<Record<StepType, readonly StepType[]>> = {
  tap: ['record', 'tap', 'transcribe'],
  compose: ['record', 'rtmp', 'hls'],
};

/** What is wrong with what starts or feeds a step. Pure. */
export function sourceFindings(draft: Draft, step: DraftStep): Finding[] {
  const { source } = step;
  if (source === null) {
    return [];
  }
  const found = (code: Finding['code'], message: string, suggestion: string | null): Finding[] => [
    { code, pointer: pointerTo(step.pointer, 'from'), message, suggestion },
  ];
  const feeder = draft.get(source.nodeId);
  if (feeder === undefined) {
    const others = [...draft.keys()].filter((id) => id !== step.id);
    return found(
      'unknown-node',
      `names no node of this document. There are: ${listed(others)}`,
      nearest(source.nodeId, others),
    );
  }
  if (feeder.kind === 'event') {
    return source.port === null
      ? eventFindings(step, feeder, found)
      : found(
          'unknown-port',
          'names a port, and an event has none: it starts the step and hands on no media',
          feeder.id,
        );
  }
  if (feeder.kind === 'broken' || feeder.type === null || step.type === null || feeder === step) {
    return [];
  }
  const takers = feeds[feeder.type];
  if (!takers?.includes(step.type)) {
    const event = chainAbove(draft, feeder).nodes.find(({ kind }) => kind === 'event');
    return found(
      'port-mismatch',
      takers
        ? `names a ${feeder.type} step, which feeds ${takers.join(', ')} steps and no ${step.type}`
        : `names a ${feeder.type} step, which hands on no media; use an event node, a tap or a compose step`,
      event?.id ?? null,
    );
  }
  const ports = stepTypeOf(feeder.type)?.outputs.map(({ name }) => name) ?? [];
  return source.port === null || ports.includes(source.port)
    ? []
    : found(
        'unknown-port',
        `names a port that a ${feeder.type} step does not have. Its ports: ${ports.join(', ')}`,
        `${feeder.id}.${nearest(source.port, ports) ?? ports[0] ?? ''}`,
      );
}

type Told = (code: 'event-cannot-feed', message: string, suggestion: string | null) => Finding[];

/** Whether an event can start the step at all, and tells the participant that the step needs. */
function eventFindings(step: DraftStep, event: DraftEvent, found: Told): Finding[] {
  if (event.type === null || step.type === null) {
    return [];
  }
  if (event.type === 'room-closed' || event.type === 'session-ended') {
    return found(
      'event-cannot-feed',
      `names an event, ${event.type}, after which there is no live session to run a ${step.type} step in`,
      null,
    );
  }
  if (!hasSession(event.type) && !opensSession(step)) {
    return found(
      'event-cannot-feed',
      `names an event, ${event.type}, at which nobody is in the room: a ${step.type} step needs a live session`,
      null,
    );
  }
  if (takesParticipantOfEvent({ do: step.type, with: step.params }) && !tellsPresentParticipant(event.type)) {
    return found(
      'event-cannot-feed',
      `names an event, ${event.type}, that tells of no participant who is in the room, and a ${step.type} step needs one: give with.participantId, or wait for participant-joined`,
      null,
    );
  }
  return [];
}

/** Whether a step shows the room itself, so that it can begin before anybody has come. */
function opensSession({ type, params }: DraftStep): boolean {
  return (
    params['participants'] === undefined &&
    (type === 'compose' ||
      type === 'rtmp' ||
      type === 'hls' ||
      (type === 'record' && params['source'] === 'room'))
  );
}
