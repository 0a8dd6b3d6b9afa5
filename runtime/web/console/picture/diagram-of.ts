import type { Diagram } from '../../../diagram/index.ts';
import { edgeText, type EdgeText } from '../texts/index.ts';
import type { FoldedPicture } from './fold-alike.ts';

/** What is drawn of a live picture, and what stands on its edges. Pure. */
export function diagramOf({ nodes, edges }: Pick<FoldedPicture, 'nodes' | 'edges'>): {
  diagram: Diagram;
  flows: ReadonlyMap<string, EdgeText>;
} {
  const flows = new Map(edges.map((edge) => [edge.id, edgeText(edge)]));
  return {
    diagram: {
      nodes,
      edges: edges.map(({ id, from, to }) => {
        const { flow = '', trouble = '' } = flows.get(id) ?? {};
        return { id, from, to, label: flow === '' ? trouble : flow };
      }),
    },
    flows,
  };
}

/** Without steps that are over and the assets that only they have fed. Pure. */
export function withoutEnded<T extends Pick<FoldedPicture, 'nodes' | 'edges'>>(picture: T): T {
  const ended = new Set(
    picture.nodes
      .filter(({ kind, state }) => kind === 'step' && ['finished', 'failed', 'cancelled'].includes(state))
      .map(({ id }) => id),
  );
  const fed = new Set(picture.edges.filter(({ from }) => !ended.has(from)).map(({ to }) => to));
  const nodes = picture.nodes.filter(({ id, kind }) => !ended.has(id) && (kind !== 'asset' || fed.has(id)));
  const kept = new Set(nodes.map(({ id }) => id));
  return {
    ...picture,
    nodes,
    edges: picture.edges.filter(({ from, to }) => kept.has(from) && kept.has(to)),
  };
}
