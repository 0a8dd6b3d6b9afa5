import type { DiagramNode } from './types.ts';

/** What a node of this kind stands behind, from left to right. */
export const kindOrder: Readonly<Record<DiagramNode['kind'], number>> = {
  event: 0,
  person: 0,
  track: 1,
  step: 2,
  asset: 3,
};

/** An edge of which `to` is to stand on the right of `from`; together they make no circle. */
type Direction = { from: string; to: string };

/**
 * The column of each node, 0 on the left, none left empty: kinds keep to their order, what is fed stands on the right
 * of what feeds it, and assets share the last column. Edges of other nodes count for nothing. Pure.
 */
export function columnsOf(
  nodes: readonly Pick<DiagramNode, 'id' | 'kind'>[],
  directions: readonly Direction[],
): Map<string, number> {
  const feeders = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const { from, to } of directions) {
    if (feeders.has(from)) {
      feeders.get(to)?.push(from);
    }
  }
  const floors = new Map(nodes.map(({ id, kind }) => [id, kindOrder[kind]]));
  const columns = new Map<string, number>();
  const place = (id: string): number => {
    const known = columns.get(id);
    if (known !== undefined) {
      return known;
    }
    let column = floors.get(id) ?? 0;
    for (const feeder of feeders.get(id) ?? []) {
      column = Math.max(column, place(feeder) + 1);
    }
    columns.set(id, column);
    return column;
  };
  const isAsset = ({ kind }: Pick<DiagramNode, 'kind'>): boolean => kind === 'asset';
  let firstOfAssets = 0;
  for (const node of nodes.filter((each) => !isAsset(each))) {
    firstOfAssets = Math.max(firstOfAssets, place(node.id) + 1);
  }
  for (const { id } of nodes.filter(isAsset)) {
    floors.set(id, firstOfAssets);
  }
  for (const { id } of nodes.filter(isAsset)) {
    place(id);
  }
  const used = [...new Set(columns.values())].sort((a, b) => a - b);
  const closed = new Map(used.map((column, index) => [column, index]));
  return new Map([...columns].map(([id, column]) => [id, closed.get(column) ?? 0]));
}
