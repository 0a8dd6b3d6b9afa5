import type { LayoutOptions } from '@dagrejs/dagre';
import type { PlacedDiagram } from './types.ts';

type Order = NonNullable<LayoutOptions['customOrder']>;
type LayeredGraph = Parameters<Order>[0];

/**
 * An order for dagre in which whoever stood above another stays above. What is new stands at the height of what feeds
 * it, or of what it feeds; below all others when that is new as well. Edges that pass a column stand where they would
 * run straight.
 */
export function keepOrder(previous: PlacedDiagram, named: (id: string) => string): Order {
  const heights = new Map(previous.nodes.map(({ id, y, height }) => [named(id), y + height / 2]));
  return (graph) => {
    for (const id of graph.nodes()) {
      placeNew(graph, id, heights);
    }
    const layers = new Map<number, { id: string; at: number }[]>();
    for (const id of graph.nodes()) {
      const { rank = 0 } = graph.node(id);
      const layer = layers.get(rank) ?? [];
      layer.push({ id, at: heightOf(graph, id, heights) });
      layers.set(rank, layer);
    }
    for (const layer of layers.values()) {
      layer.sort((a, b) => a.at - b.at || 0);
      for (const [order, { id }] of layer.entries()) {
        graph.node(id).order = order;
      }
    }
  };
}

function placeNew(graph: LayeredGraph, id: string, heights: Map<string, number>): void {
  if (heights.has(id) || graph.node(id).dummy !== undefined) {
    return;
  }
  const around = [throughDummies(graph, id, 'predecessors'), throughDummies(graph, id, 'successors')];
  for (const ids of around) {
    const known = ids.flatMap((each) => heights.get(each) ?? []);
    if (known.length > 0) {
      heights.set(id, known.reduce((sum, each) => sum + each, 0) / known.length);
      return;
    }
  }
}

/** The nodes at the other ends of a node's edges; long edges go through a dummy in each column that they pass. */
function throughDummies(graph: LayeredGraph, id: string, side: 'predecessors' | 'successors'): string[] {
  return (graph[side](id) ?? []).flatMap((next) => {
    const { edgeObj } = graph.node(next);
    return edgeObj ? [edgeObj.v === id ? edgeObj.w : edgeObj.v] : [next];
  });
}

function heightOf(graph: LayeredGraph, id: string, heights: ReadonlyMap<string, number>): number {
  const { rank = 0, edgeObj } = graph.node(id);
  if (!edgeObj) {
    return heights.get(id) ?? Number.MAX_VALUE;
  }
  const [from, to] = [heights.get(edgeObj.v), heights.get(edgeObj.w)];
  if (from === undefined || to === undefined) {
    return from ?? to ?? Number.MAX_VALUE;
  }
  const [start, end] = [graph.node(edgeObj.v).rank ?? 0, graph.node(edgeObj.w).rank ?? 0];
  return from + ((to - from) * (rank - start)) / (end - start || 1);
}
