import { isEventNode, type EventNode, type GraphCondition, type GraphDocument } from '../contract/index.ts';
import type { Diagram, DiagramEdge, DiagramNode } from '../diagram/index.ts';
import { sourceOf } from './documents/index.ts';
import { stepSummary } from './step-summary.ts';

/** A document as a picture: its events, what they start, what feeds what, and what ends it. Pure; takes a valid one. */
export function documentDiagram(document: GraphDocument): Diagram {
  const nodes: DiagramNode[] = [];
  const edges: DiagramEdge[] = [];
  for (const [id, node] of Object.entries(document.nodes)) {
    if (isEventNode(node)) {
      nodes.push({ id, kind: 'event', type: node.on, label: id, detail: eventDetail(node), state: '' });
      continue;
    }
    const summary = stepSummary(node.do, node.with ?? {});
    nodes.push({
      id,
      kind: 'step',
      type: node.do,
      label: id,
      detail: summary === '' ? node.do : `${node.do} · ${summary}`,
      state: '',
    });
    const { nodeId, port } = sourceOf(node);
    edges.push({ id: `${nodeId}>${id}`, from: nodeId, to: id, label: port ?? '' });
    if (node.until !== undefined) {
      edges.push({ id: `${node.until}|${id}`, from: node.until, to: id, label: 'until', isEnd: true });
    }
  }
  return { nodes, edges };
}

function eventDetail({ on, where = {} }: EventNode): string {
  const conditions = Object.entries(where).map(([key, condition]) => `${key} ${conditionText(condition)}`);
  return [on, ...conditions].join(' · ');
}

function conditionText(condition: GraphCondition): string {
  if (Array.isArray(condition)) {
    return condition.map(String).join(' or ');
  }
  if (typeof condition === 'object' && condition !== null) {
    return Object.entries(condition)
      .map(([key, inner]) => `${key} ${conditionText(inner)}`)
      .join(', ');
  }
  return String(condition);
}
