import type { InstancePlan, PlannedStep } from './plan.ts';
import { hasLostItsSource, isFinalState, isLiveState, type NodeRun } from './node-run.ts';

/** The next thing to do for an instance. */
export type Decision =
  | { do: 'start'; nodeId: string }
  | { do: 'stop'; nodeId: string; stepId: string; reason: string }
  /** It will never run: it ends without having been started (again). */
  | { do: 'give-up'; nodeId: string; reason: string };

/** How the steps of an instance ended, once all have. */
export type Outcome = { state: 'finished' | 'failed'; reason: string };

/**
 * What is to be started, stopped and given up now. What feeds is started first and what is fed is stopped first; a fed
 * step starts when what feeds it runs, and goes down with it. Pure.
 *
 * @param stopping why all of the instance is to end; null while it runs
 */
export function decide(
  plan: Pick<InstancePlan, 'steps'>,
  nodes: ReadonlyMap<string, NodeRun>,
  stopping: string | null,
  nowMs: number,
): Decision[] {
  const decisions: Decision[] = [];
  const goingDown = new Map<string, string>();
  for (const step of plan.steps) {
    const node = nodes.get(step.nodeId);
    if (!node || isFinalState(node.state)) {
      continue;
    }
    const source = step.fedBy === null ? null : (nodes.get(step.fedBy) ?? null);
    const end = stopping ?? node.stopReason ?? endWithSource(source);
    if (node.state === 'waiting') {
      if (end !== null) {
        if (node.asked === null) {
          decisions.push({ do: 'give-up', nodeId: node.nodeId, reason: end });
        }
      } else if (!goingDown.has(step.fedBy ?? '') && mayStart(node, source, nowMs)) {
        decisions.push({ do: 'start', nodeId: node.nodeId });
      }
      continue;
    }
    const down = end ?? downWithSource(node, source, goingDown.get(step.fedBy ?? ''));
    if (down === null) {
      continue;
    }
    goingDown.set(node.nodeId, down);
    if (isToBeAsked(node, step, nodes)) {
      decisions.push({ do: 'stop', nodeId: node.nodeId, stepId: node.stepId, reason: down });
    }
  }
  return decisions;
}

/** When the next attempt is due that is waited for; null when none is. Pure. */
export function nextAttemptAtMs(nodes: Iterable<NodeRun>, nowMs: number): number | null {
  let next: number | null = null;
  for (const { state, nextAttemptAtMs: at } of nodes) {
    if (state === 'waiting' && at !== null && at > nowMs && (next === null || at < next)) {
      next = at;
    }
  }
  return next;
}

/** How it all ended, or null while something runs, waits, or is being asked for. Pure. */
export function outcomeOf(nodes: Iterable<NodeRun>): Outcome | null {
  let failed: NodeRun | null = null;
  let hasFinished = false;
  for (const node of nodes) {
    if (node.asked === 'start' || !isFinalState(node.state)) {
      return null;
    }
    hasFinished ||= node.state === 'finished';
    failed ??= node.state === 'failed' ? node : null;
  }
  return failed !== null && !hasFinished
    ? { state: 'failed', reason: `${failed.nodeId}: ${failed.reason}` }
    : { state: 'finished', reason: 'steps-ended' };
}

const endWithSource = (source: NodeRun | null): string | null =>
  source !== null && isFinalState(source.state) ? `${source.nodeId} has ended` : null;

function downWithSource(
  node: NodeRun,
  source: NodeRun | null,
  sourceGoesDown: string | undefined,
): string | null {
  if (sourceGoesDown !== undefined) {
    return sourceGoesDown;
  }
  return source !== null && hasLostItsSource(node, source) ? `${source.nodeId} starts anew` : null;
}

function mayStart(node: NodeRun, source: NodeRun | null, nowMs: number): boolean {
  return (
    node.asked === null &&
    (node.nextAttemptAtMs === null || node.nextAttemptAtMs <= nowMs) &&
    (source === null || source.state === 'running')
  );
}

/** It has not been asked yet, and nothing that it feeds is there any more. */
function isToBeAsked(
  node: NodeRun,
  { feeds }: PlannedStep,
  nodes: ReadonlyMap<string, NodeRun>,
): node is NodeRun & { stepId: string } {
  return (
    node.stepId !== null &&
    node.state !== 'stopping' &&
    node.asked !== 'stop' &&
    feeds.every((nodeId) => {
      const fed = nodes.get(nodeId);
      return fed === undefined || (!isLiveState(fed.state) && fed.asked !== 'start');
    })
  );
}
