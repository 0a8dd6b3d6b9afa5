import { finalStepStates, type InstanceNodeState, type StepState } from '../../contract/index.ts';
import type { PlannedStep } from './plan.ts';

/** How a step node of an instance stands. */
export type NodeRun = {
  nodeId: string;
  state: InstanceNodeState;
  /** Of its latest attempt. */
  stepId: string | null;
  /** The step that feeds, or fed, that attempt; null for one that the event starts. */
  fedByStepId: string | null;
  attempts: number;
  /** Attempts that count against the limit of its restart policy. */
  failures: number;
  reason: string;
  /** Why it is to end for good; null while it is to run. */
  stopReason: string | null;
  /** Milliseconds since 1970; null when it does not wait for its next attempt. */
  nextAttemptAtMs: number | null;
  /** What has been asked of the supervisor and is not answered yet. Not stored: asked anew after a restart. */
  asked: 'start' | 'stop' | null;
};

/** A pause never grows beyond this. */
const LONGEST_PAUSE_MS = 60_000;

export const isFinalState = (state: InstanceNodeState): boolean =>
  finalStepStates.some((final) => final === state);

/** Its step is there and has not ended. */
export const isLiveState = (state: InstanceNodeState): boolean => state !== 'waiting' && !isFinalState(state);

/** A step node that nothing has happened to yet. */
export function newNodeRun(nodeId: string): NodeRun {
  return {
    nodeId,
    state: 'waiting',
    stepId: null,
    fedByStepId: null,
    attempts: 0,
    failures: 0,
    reason: '',
    stopReason: null,
    nextAttemptAtMs: null,
    asked: null,
  };
}

/** The pause before the attempt after `failures` failures: it doubles, up to a minute. Pure. */
export const pauseMsAfter = (failures: number, backoffMs: number): number =>
  Math.min(LONGEST_PAUSE_MS, backoffMs * 2 ** Math.min(failures - 1, 30));

/** Whether what feeds a node is between two attempts, or on another than the one that fed the node's own. Pure. */
export const hasLostItsSource = (node: NodeRun, source: NodeRun | null): boolean =>
  source !== null && (source.state === 'waiting' || source.stepId !== node.fedByStepId);

/** Whether a node has failed on the attempt of its source that is over: it is started anew with that, whoever fell first. Pure. */
export const hasFailedWith = (node: NodeRun, source: NodeRun): boolean =>
  node.state === 'failed' && node.stopReason === null && node.fedByStepId === source.stepId;

/**
 * What becomes of a node whose attempt is over: the changes to it, and whether that ends the instance as failed. Pure.
 *
 * @param source the node that feeds it; null when the event does
 * @param ending the node, or all of the instance, is to end
 */
export function afterAttempt(
  { restart }: Pick<PlannedStep, 'restart'>,
  node: NodeRun,
  source: NodeRun | null,
  attempt: { state: Extract<StepState, 'finished' | 'failed' | 'cancelled'>; reason: string },
  { ending, nowMs }: { ending: boolean; nowMs: number },
): { change: Pick<NodeRun, 'state' | 'reason' | 'failures' | 'nextAttemptAtMs'>; stopsGraph: boolean } {
  const { state, reason } = attempt;
  const final = { state, reason, failures: node.failures, nextAttemptAtMs: null };
  if (ending) {
    return { change: final, stopsGraph: false };
  }
  if (source !== null && !isFinalState(source.state) && hasLostItsSource(node, source)) {
    // However it ended: what feeds it starts anew, and it does with that. A failure for that is not its own.
    return { change: { ...final, state: 'waiting' }, stopsGraph: false };
  }
  if (state !== 'failed') {
    return { change: final, stopsGraph: false };
  }
  const failures = node.failures + 1;
  if (restart.policy === 'retry' && failures <= restart.limit) {
    const nextAttemptAtMs = nowMs + pauseMsAfter(failures, restart.backoffMs);
    return { change: { state: 'waiting', reason, failures, nextAttemptAtMs }, stopsGraph: false };
  }
  const consequence = restart.policy === 'retry' ? restart.then : restart.policy;
  return { change: { ...final, failures }, stopsGraph: consequence === 'stop-graph' };
}
