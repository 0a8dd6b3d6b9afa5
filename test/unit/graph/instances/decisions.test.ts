import { describe, expect, it } from 'vitest';
import type { GraphDocument, RestartPolicy } from '../../../../runtime/contract/index.ts';
import { decide, nextAttemptAtMs, outcomeOf } from '../../../../runtime/graph/instances/decide.ts';
import {
  afterAttempt,
  newNodeRun,
  pauseMsAfter,
  type NodeRun,
} from '../../../../runtime/graph/instances/node-run.ts';
import { planOf } from '../../../../runtime/graph/instances/plan.ts';

const NOW = 1_000_000;
const document: GraphDocument = {
  version: 1,
  name: 'three in a row, one beside',
  nodes: {
    joined: { on: 'participant-joined' },
    left: { on: 'participant-left' },
    file: { do: 'record', from: 'second' },
    second: { do: 'tap', from: 'first.frames', with: { kinds: ['audio'] }, until: 'left' },
    first: { do: 'tap', from: 'joined', with: { kinds: ['audio'] } },
    beside: { do: 'record', from: 'joined' },
  },
};
const plan = planOf(document, 'joined');

type States = Partial<Record<'first' | 'second' | 'file' | 'beside', Partial<NodeRun>>>;
/** Nodes whose steps are called like them, each fed by the one above. */
function nodes(states: States): Map<string, NodeRun> {
  const fedBy: Record<string, string> = { second: 'first-1', file: 'second-1' };
  return new Map(
    plan.steps.map(({ nodeId }) => {
      const given = states[nodeId as keyof States] ?? {};
      const there = given.state === undefined || given.state === 'waiting';
      return [
        nodeId,
        {
          ...newNodeRun(nodeId),
          ...(there ? {} : { stepId: `${nodeId}-1`, fedByStepId: fedBy[nodeId] ?? null, attempts: 1 }),
          ...given,
        },
      ];
    }),
  );
}
const decided = (states: States, stopping: string | null = null): string[] =>
  decide(plan, nodes(states), stopping, NOW).map(({ do: what, nodeId }) => `${what} ${nodeId}`);
const running = { state: 'running' } as const;
const everything = { first: running, second: running, file: running, beside: running };

describe('the plan of an instance', () => {
  it('starts what feeds before what is fed, wherever it stands in the document', () => {
    expect(plan.steps.map(({ nodeId, fedBy, feeds }) => [nodeId, fedBy, feeds])).toEqual([
      ['first', null, ['second']],
      ['beside', null, []],
      ['second', 'first', ['file']],
      ['file', 'second', []],
    ]);
  });

  it('knows what an event ends, with all that this feeds', () => {
    expect(plan.until.map(({ node, ends }) => [node.on, ends])).toEqual([
      ['participant-left', ['second', 'file']],
    ]);
  });
});

describe('what is to be done for an instance', () => {
  it('starts what the event starts, and nothing that has to be fed', () => {
    expect(decided({})).toEqual(['start first', 'start beside']);
  });

  it('starts what is fed once that runs which feeds it', () => {
    expect(decided({ ...everything, first: { state: 'starting' }, second: {}, file: {} })).toEqual([]);
    expect(decided({ ...everything, second: {}, file: {} })).toEqual(['start second']);
    expect(decided({ ...everything, first: { state: 'retrying' }, second: {}, file: {} })).toEqual([]);
  });

  it('asks once', () => {
    expect(decided({ ...everything, second: { asked: 'start' }, file: {} })).toEqual([]);
    expect(decided({ ...everything, file: { ...running, asked: 'stop' } }, 'requested')).toEqual([
      'stop beside',
    ]);
  });

  it('stops what is fed first', () => {
    expect(decided(everything, 'requested')).toEqual(['stop beside', 'stop file']);
    expect(decided({ ...everything, file: { state: 'stopping' } }, 'requested')).toEqual(['stop beside']);
    expect(decided({ ...everything, file: { state: 'finished' } }, 'requested')).toEqual([
      'stop beside',
      'stop second',
    ]);
    expect(decided({ first: running, second: {}, file: {}, beside: {} }, 'requested')).toEqual([
      'stop first',
      'give-up beside',
      'give-up second',
      'give-up file',
    ]);
  });

  it('does not stop what is just being started, nor what feeds that', () => {
    const starting = { ...everything, file: { asked: 'start' as const } };
    expect(decided(starting, 'requested')).toEqual(['stop beside']);
  });

  it('takes down what has lost what feeds it', () => {
    expect(decided({ ...everything, first: { state: 'failed' } })).toEqual(['stop file']);
    expect(decided({ ...everything, first: { state: 'failed' }, file: {} })).toEqual(['stop second']);
    expect(decided({ ...everything, first: { state: 'finished' }, second: {}, file: {} })).toEqual([
      'give-up second',
    ]);
  });

  it('takes down what is to start anew with what feeds it', () => {
    const retried = { state: 'waiting', stepId: 'first-1', nextAttemptAtMs: NOW + 1000 } as const;
    expect(decided({ ...everything, first: retried })).toEqual(['stop file']);
    expect(decided({ ...everything, first: { ...running, stepId: 'first-2' } })).toEqual(['stop file']);
    expect(decided({ ...everything, first: retried, second: {}, file: {} })).toEqual([]);
  });

  it('waits for the time of the next attempt', () => {
    const waiting = { state: 'waiting', nextAttemptAtMs: NOW + 1 } as const;
    expect(decided({ ...everything, beside: waiting })).toEqual([]);
    expect(nextAttemptAtMs(nodes({ ...everything, beside: waiting }).values(), NOW)).toBe(NOW + 1);
    expect(decided({ ...everything, beside: { ...waiting, nextAttemptAtMs: NOW } })).toEqual([
      'start beside',
    ]);
  });

  it('ends one branch and leaves the other', () => {
    const ended = { stopReason: 'participant-left' };
    expect(
      decided({ ...everything, second: { ...running, ...ended }, file: { ...running, ...ended } }),
    ).toEqual(['stop file']);
  });
});

describe('how an instance ends', () => {
  const outcome = (states: States) => outcomeOf(nodes(states).values());
  const finished = { state: 'finished' } as const;

  it('is not said while something runs, waits or is asked for', () => {
    expect(outcome({ ...everything, file: finished })).toBeNull();
    expect(outcome({ first: finished, second: finished, file: finished, beside: {} })).toBeNull();
    const asked = { ...finished, asked: 'start' } as const;
    expect(outcome({ first: asked, second: finished, file: finished, beside: finished })).toBeNull();
  });

  it('is well when something has come to its end, and failed when only failures have', () => {
    const cancelled = { state: 'cancelled' } as const;
    const failed = { state: 'failed', reason: 'no disk' } as const;
    const all = { first: failed, second: cancelled, file: cancelled, beside: finished };
    expect(outcome(all)?.state).toBe('finished');
    expect(outcome({ ...all, beside: cancelled })).toEqual({ state: 'failed', reason: 'first: no disk' });
  });
});

describe('after an attempt', () => {
  const after = (
    restart: RestartPolicy,
    failures: number,
    state: 'finished' | 'failed' = 'failed',
    source: NodeRun | null = null,
    ending = false,
  ) =>
    afterAttempt(
      { restart: { limit: 3, backoffMs: 1000, then: 'ignore', ...restart } },
      { ...newNodeRun('step'), state: 'running', stepId: 'step-1', failures },
      source,
      { state, reason: 'why' },
      { ending, nowMs: NOW },
    );

  it('pauses twice as long each time, and a minute at most', () => {
    expect([1, 2, 3, 7, 100].map((failures) => pauseMsAfter(failures, 1000))).toEqual([
      1000, 2000, 4000, 60_000, 60_000,
    ]);
    expect(after({ policy: 'retry' }, 1).change).toEqual({
      ...{ state: 'waiting', reason: 'why', failures: 2, nextAttemptAtMs: NOW + 2000 },
    });
  });

  it('gives up at the limit, and does then what is said', () => {
    expect(after({ policy: 'retry' }, 3)).toMatchObject({ change: { state: 'failed' }, stopsGraph: false });
    expect(after({ policy: 'retry', then: 'stop-graph' }, 3).stopsGraph).toBe(true);
    expect(after({ policy: 'stop-graph' }, 0).stopsGraph).toBe(true);
    expect(after({ policy: 'ignore' }, 0)).toMatchObject({ change: { state: 'failed' }, stopsGraph: false });
  });

  it('is the last when the step is to end, whatever its policy', () => {
    expect(after({ policy: 'retry' }, 0, 'failed', null, true)).toMatchObject({
      change: { state: 'failed', nextAttemptAtMs: null },
    });
  });

  it.each(['finished', 'failed'] as const)(
    'that has %s starts anew with what feeds it, and not when that is over',
    (state) => {
      const source = { ...newNodeRun('source'), stepId: 'source-2' };
      expect(after({ policy: 'stop-graph' }, 0, state, { ...source, state: 'running' })).toMatchObject({
        change: { state: 'waiting', failures: 0 },
        stopsGraph: false,
      });
      expect(after({ policy: 'ignore' }, 0, state, { ...source, state: 'failed' }).change.state).toBe(state);
    },
  );
});
