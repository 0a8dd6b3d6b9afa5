import type { PlacedNode } from '../../../diagram/index.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** Straight ahead counts this much less than aside. */
const ASIDE = 2.5;

/** The node that an arrow key leads to: the nearest in that direction, those ahead before those aside. Pure. */
export function neighbourOf(
  nodes: readonly PlacedNode[],
  from: string,
  direction: Direction,
): PlacedNode | null {
  const start = nodes.find(({ id }) => id === from);
  if (start === undefined) {
    return nodes[0] ?? null;
  }
  const origin = middleOf(start);
  let best: PlacedNode | null = null;
  let leastCost = Number.POSITIVE_INFINITY;
  for (const node of nodes) {
    const { x, y } = middleOf(node);
    const [ahead, aside] = {
      left: [origin.x - x, y - origin.y] as const,
      right: [x - origin.x, y - origin.y] as const,
      up: [origin.y - y, x - origin.x] as const,
      down: [y - origin.y, x - origin.x] as const,
    }[direction];
    const cost = ahead + ASIDE * Math.abs(aside);
    if (ahead > 1 && cost < leastCost) {
      best = node;
      leastCost = cost;
    }
  }
  return best;
}

const middleOf = ({ x, y, width, height }: PlacedNode): { x: number; y: number } => ({
  x: x + width / 2,
  y: y + height / 2,
});
