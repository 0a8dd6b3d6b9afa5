import type { DocumentDiagram, GraphInstance } from '../../../contract/index.ts';

/** A document's picture with the states of one instance of it: of the event that has matched, and of its steps. Pure. */
export function runningDiagram(diagram: DocumentDiagram, instance: GraphInstance | null): DocumentDiagram {
  if (instance === null) {
    return diagram;
  }
  const states = new Map(instance.nodes.map(({ nodeId, state }) => [nodeId, state]));
  return {
    ...diagram,
    nodes: diagram.nodes.map((node) => ({
      ...node,
      state: node.id === instance.nodeId ? instance.state : (states.get(node.id) ?? ''),
    })),
  };
}
