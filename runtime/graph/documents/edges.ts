import { isEventNode, type GraphDocument, type StepNode } from '../../contract/index.ts';

/** What `from` names: a node, and the port of it where one is named. Pure. */
export function sourceOf(step: Pick<StepNode, 'from'>): { nodeId: string; port: string | null } {
  const dot = step.from.indexOf('.');
  return dot < 0
    ? { nodeId: step.from, port: null }
    : { nodeId: step.from.slice(0, dot), port: step.from.slice(dot + 1) };
}

/** The step nodes that a node starts or feeds itself, in the order of the document. Pure. */
export function stepsFedBy(document: GraphDocument, nodeId: string): string[] {
  return Object.entries(document.nodes).flatMap(([id, node]) =>
    !isEventNode(node) && sourceOf(node).nodeId === nodeId ? [id] : [],
  );
}

/** All step nodes below a node, what feeds before what is fed. Pure; takes a valid document. */
export function stepsBelow(document: GraphDocument, nodeId: string): string[] {
  const fed = new Map<string, string[]>();
  for (const [id, node] of Object.entries(document.nodes)) {
    if (!isEventNode(node)) {
      const source = sourceOf(node).nodeId;
      fed.set(source, [...(fed.get(source) ?? []), id]);
    }
  }
  const below: string[] = [];
  let level = fed.get(nodeId) ?? [];
  while (level.length > 0) {
    below.push(...level);
    level = level.flatMap((id) => fed.get(id) ?? []);
  }
  return below;
}

/** The nodes that a step hangs on, nearest first; the last is its event node. Pure; takes a valid document. */
export function nodesAbove(document: GraphDocument, nodeId: string): string[] {
  const above: string[] = [];
  let node = document.nodes[nodeId];
  while (node !== undefined && !isEventNode(node)) {
    const source = sourceOf(node).nodeId;
    above.push(source);
    node = document.nodes[source];
  }
  return above;
}

/**
 * The steps of an instance of `eventNodeId` that end when the event node `untilNodeId` matches, what feeds before what
 * is fed: those that name it in `until`, and all that these feed. Pure; takes a valid document.
 */
export function stepsEndedBy(document: GraphDocument, eventNodeId: string, untilNodeId: string): string[] {
  const ended = new Set<string>();
  const below = stepsBelow(document, eventNodeId);
  for (const id of below) {
    const node = document.nodes[id];
    if (node && !isEventNode(node) && (node.until === untilNodeId || ended.has(sourceOf(node).nodeId))) {
      ended.add(id);
    }
  }
  return below.filter((id) => ended.has(id));
}
