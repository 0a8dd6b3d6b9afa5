import {
  isEventNode,
  type EventNode,
  type GraphDocument,
  type RestartPolicy,
  type StepType,
} from '../../contract/index.ts';
import { sourceOf, stepsBelow, stepsEndedBy } from '../documents/index.ts';

/** One step node as an instance runs it. */
export type PlannedStep = {
  nodeId: string;
  step: StepType;
  /** The node that starts or feeds it. */
  from: string;
  /** The step node that feeds it; null for one that the event starts. */
  fedBy: string | null;
  /** The step nodes that it feeds itself. */
  feeds: readonly string[];
  restart: Readonly<Required<RestartPolicy>>;
};

/** What an instance of one event node of a document runs. */
export type InstancePlan = {
  document: GraphDocument;
  eventNodeId: string;
  /** What feeds before what is fed: the order of starting, and backwards that of stopping. */
  steps: readonly PlannedStep[];
  /** Event nodes that end steps of it, and which. */
  until: readonly { node: EventNode; ends: readonly string[] }[];
};

const noRestart: Required<RestartPolicy> = { policy: 'ignore', limit: 3, backoffMs: 1000, then: 'ignore' };

/** What is to be run when `eventNodeId` has matched. Pure; takes a valid document. */
export function planOf(document: GraphDocument, eventNodeId: string): InstancePlan {
  const below = stepsBelow(document, eventNodeId);
  const steps = below.flatMap((nodeId): PlannedStep[] => {
    const node = document.nodes[nodeId];
    if (!node || isEventNode(node)) {
      return [];
    }
    const from = sourceOf(node).nodeId;
    return [
      {
        nodeId,
        step: node.do,
        from,
        fedBy: from === eventNodeId ? null : from,
        feeds: below.filter((id) => {
          const other = document.nodes[id];
          return other && !isEventNode(other) && sourceOf(other).nodeId === nodeId;
        }),
        restart: { ...noRestart, ...node.restart },
      },
    ];
  });
  const until = Object.entries(document.nodes).flatMap(([id, node]) => {
    if (!isEventNode(node)) {
      return [];
    }
    const ends = stepsEndedBy(document, eventNodeId, id);
    return ends.length === 0 ? [] : [{ node, ends }];
  });
  return { document, eventNodeId, steps, until };
}
