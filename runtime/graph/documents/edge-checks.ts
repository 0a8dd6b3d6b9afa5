import { defaultScopeOf, type StepType } from '../../contract/index.ts';
import { stepTypeOf } from '../../steps/index.ts';
import { chainAbove, type Draft, type DraftEvent, type DraftStep } from './draft.ts';
import { hasSession, isGraphScope, isOverWith, scopesOf, tellsPresentParticipant } from './event-facts.ts';
import { nearest } from './nearest.ts';
import { takesParticipantOfEvent } from './params-of.ts';
import { pointerTo, type Finding } from './problem.ts';

/** Which steps take what another hands on: the rules of `feed.ts`, which a running step is held to. */
export const feeds: Partial<Record<StepType, readonly StepType[]>> = {
  tap: ['record', 'tap', 'transcribe'],
  compose: ['record', 'rtmp', 'hls'],
};

/** What is wrong with how nodes hang together. Pure. */
export function edgeFindings(draft: Draft): Finding[] {
  const nodes = [...draft.values()];
  const steps = nodes.filter((node) => node.kind === 'step');
  const events = nodes.filter((node) => node.kind === 'event');
  return [
    ...(steps.length === 0 && nodes.every(({ kind }) => kind !== 'broken') ? [noStep] : []),
    ...steps.flatMap((step) => [...sourceFindings(draft, step), ...untilFindings(draft, step)]),
    ...cycleFindings(draft, steps),
    ...(steps.length === 0 ? [] : idleFindings(draft, events, steps)),
    ...events.flatMap((event) => scopeFindings(event, steps)),
  ];
}

const noStep: Finding = {
  code: 'empty-graph',
  pointer: '/nodes',
  message: 'holds no step node (do): nothing would ever be done',
  suggestion: null,
};

function sourceFindings(draft: Draft, step: DraftStep): Finding[] {
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
      `names no node of this document. There are: ${others.join(', ') || 'none'}`,
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

function untilFindings(draft: Draft, step: DraftStep): Finding[] {
  const { until } = step.raw;
  if (typeof until !== 'string') {
    return [];
  }
  const pointer = pointerTo(step.pointer, 'until');
  const node = draft.get(until);
  if (node === undefined) {
    const events = [...draft.values()].filter(({ kind }) => kind === 'event').map(({ id }) => id);
    return [
      {
        code: 'unknown-node',
        pointer,
        message: `names no node of this document. Event nodes: ${events.join(', ') || 'none'}`,
        suggestion: nearest(until, events),
      },
    ];
  }
  if (node.kind === 'step') {
    return [
      {
        code: 'invalid-value',
        pointer,
        message: 'names a step node; a step runs until an event node matches',
        suggestion: null,
      },
    ];
  }
  return node.kind === 'event' && chainAbove(draft, step).nodes.includes(node)
    ? [
        {
          code: 'invalid-value',
          pointer,
          message:
            'names the event that starts the step, so that it would end as it begins; add another event node',
          suggestion: null,
        },
      ]
    : [];
}

/** One problem for each circle, at the first of its steps. */
function cycleFindings(draft: Draft, steps: readonly DraftStep[]): Finding[] {
  const done = new Set<string>();
  return steps.flatMap((start) => {
    const way: string[] = [];
    let current: string | undefined = start.id;
    while (current !== undefined && !done.has(current) && !way.includes(current)) {
      way.push(current);
      const node = draft.get(current);
      current = node?.kind === 'step' ? node.source?.nodeId : undefined;
    }
    const from = current === undefined ? -1 : way.indexOf(current);
    for (const id of way) {
      done.add(id);
    }
    if (from < 0) {
      return [];
    }
    const members = way.slice(from);
    const first = [...draft.keys()].find((id) => members.includes(id)) ?? start.id;
    const at = members.indexOf(first);
    const circle = [...members.slice(at), ...members.slice(0, at), first];
    return [
      {
        code: 'cycle',
        pointer: pointerTo('/nodes', first, 'from'),
        message: `closes a circle (${circle.join(' from ')}), so that no event ever starts it`,
        suggestion: null,
      },
    ];
  });
}

/** Event nodes that start nothing and end nothing. */
function idleFindings(draft: Draft, events: readonly DraftEvent[], steps: readonly DraftStep[]): Finding[] {
  const named = new Set(steps.flatMap(({ source, raw }) => [source?.nodeId, raw['until']]));
  const hasBroken = [...draft.values()].some(({ kind }) => kind === 'broken');
  const isMisspelt = steps.some(
    ({ source, raw }) =>
      source === null ||
      !draft.has(source.nodeId) ||
      (raw['until'] !== undefined && (typeof raw['until'] !== 'string' || !draft.has(raw['until']))),
  );
  // Whoever meant such a node but wrote its name wrongly is told of that alone.
  return hasBroken || isMisspelt
    ? []
    : events
        .filter(({ id }) => !named.has(id))
        .map(({ pointer }) => ({
          code: 'unreachable-node',
          pointer,
          message: 'starts no step (from) and ends none (until)',
          suggestion: null,
        }));
}

function scopeFindings(event: DraftEvent, steps: readonly DraftStep[]): Finding[] {
  const { type, raw, pointer } = event;
  if (type === null) {
    return [];
  }
  const asked = raw['scope'];
  const at = pointerTo(pointer, 'scope');
  const possible = scopesOf(type);
  if (asked !== undefined && !isGraphScope(asked)) {
    return [];
  }
  if (asked !== undefined && !possible.includes(asked)) {
    return [
      {
        code: 'scope-mismatch',
        pointer: at,
        message: `is nothing that ${type} tells of. It tells of: ${possible.join(', ')}`,
        suggestion: possible.at(-1) ?? null,
      },
    ];
  }
  const starts = steps.some(({ source }) => source?.nodeId === event.id);
  const lasting = possible.filter((scope) => !isOverWith(type, scope));
  return starts && lasting.length > 0 && isOverWith(type, asked ?? defaultScopeOf(type))
    ? [
        {
          code: 'scope-mismatch',
          pointer: at,
          message: `must say for what the instance stands: with ${type} the ${asked ?? defaultScopeOf(type)} is over, and all that it starts would end at once`,
          suggestion: lasting.at(-1) ?? null,
        },
      ]
    : [];
}
