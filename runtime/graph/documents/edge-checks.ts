import { chainAbove, type Draft, type DraftEvent, type DraftStep } from './draft.ts';
import { nearest } from './nearest.ts';
import { listed, pointerTo, type Finding } from './problem.ts';
import { scopeFindings } from './scope-checks.ts';
import { sourceFindings } from './source-checks.ts';

/** What is wrong with how nodes hang together. Pure. */
export function edgeFindings(draft: Draft): Finding[] {
  const nodes = [...draft.values()];
  const steps = nodes.filter((node) => node.kind === 'step');
  const events = nodes.filter((node) => node.kind === 'event');
  const circles = cycleFindings(draft, steps);
  return [
    ...(steps.length === 0 && nodes.every(({ kind }) => kind !== 'broken') ? [noStep] : []),
    ...steps.flatMap((step) => [...sourceFindings(draft, step), ...untilFindings(draft, step)]),
    ...circles,
    // Whoever has closed a circle has taken it off the event that was to start it.
    ...(steps.length === 0 || circles.length > 0 ? [] : idleFindings(draft, events, steps)),
    ...events.flatMap((event) => scopeFindings(event, steps)),
  ];
}

const noStep: Finding = {
  code: 'empty-graph',
  pointer: '/nodes',
  message: 'holds no step node (do): nothing would ever be done',
  suggestion: null,
};

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
        message: `names no node of this document. Event nodes: ${listed(events)}`,
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
        message: `closes a circle of ${members.length} (${listed(circle, ' from ')}), so that no event ever starts it`,
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
