import type { GraphInstance, GraphInstanceNode } from '../../contract/index.ts';
import type { StoredInstance, StoredInstanceNode } from '../../store/index.ts';
import type { NodeRun } from './node-run.ts';
import type { PlannedStep } from './plan.ts';

/** An instance as it is shown, with its nodes in the order in which they start. Pure. */
export function instanceView(
  stored: StoredInstance,
  steps: readonly { nodeId: string; step: string; from: string }[],
  nodes: readonly Omit<NodeRun, 'asked'>[],
): GraphInstance {
  const planned = new Map(steps.map((step) => [step.nodeId, step]));
  return {
    id: stored.id,
    instanceId: stored.id,
    graphId: stored.graphId,
    graphName: stored.graphName,
    revision: stored.revision,
    roomId: stored.roomId,
    sessionId: stored.sessionId,
    nodeId: stored.nodeId,
    scope: stored.scope,
    scopeId: stored.scopeId,
    event: { id: stored.eventId, type: stored.eventType, at: stored.eventAt, data: stored.eventData },
    state: stored.state,
    reason: stored.reason,
    startedAt: stored.startedAt,
    endedAt: stored.endedAt,
    nodes: nodes.map((node): GraphInstanceNode => {
      const { step = '', from = '' } = planned.get(node.nodeId) ?? {};
      return {
        nodeId: node.nodeId,
        step,
        from,
        stepId: node.stepId,
        state: node.state,
        attempts: node.attempts,
        reason: node.reason,
        nextAttemptAt: node.nextAttemptAtMs === null ? null : new Date(node.nextAttemptAtMs).toISOString(),
      };
    }),
  };
}

/** A node as it is kept, at the beginning. Pure. */
export function storedNodeOf(
  instanceId: string,
  position: number,
  { step, from }: Pick<PlannedStep, 'step' | 'from'>,
  { asked: _asked, ...node }: NodeRun,
): StoredInstanceNode {
  return { instanceId, position, step, from, ...node };
}
