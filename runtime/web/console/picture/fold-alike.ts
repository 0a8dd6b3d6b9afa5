import type { PictureEdge, PictureNode, SessionPicture } from '../../../contract/index.ts';

/** Many nodes that are alike, shown as one. */
export type Fold = { id: string; members: readonly PictureNode[] };

export type FoldedPicture = {
  nodes: readonly PictureNode[];
  edges: readonly PictureEdge[];
  /** By the id of the node that stands for them. */
  folds: ReadonlyMap<string, Fold>;
};

/** Fewer are shown one by one. */
export const leastToFold = 6;

/**
 * Shows steps of one type and state that the same tracks or steps feed, and then what they leave behind, as one node
 * each where there are many of them. `unfolded` are those that are to be shown one by one. Pure.
 */
export function foldAlike(
  { nodes, edges }: Pick<SessionPicture, 'nodes' | 'edges'>,
  unfolded: ReadonlySet<string> = new Set(),
): FoldedPicture {
  const standIn = new Map<string, string>();
  const folds = new Map<string, Fold>();
  for (const kind of ['step', 'asset'] as const) {
    const sources = sourcesOf(edges, standIn);
    for (const [id, members] of groupsOf(nodes, kind, sources)) {
      if (members.length >= leastToFold && !unfolded.has(id)) {
        folds.set(id, { id, members });
        for (const member of members) {
          standIn.set(member.id, id);
        }
      }
    }
  }
  return {
    nodes: [...nodes.filter(({ id }) => !standIn.has(id)), ...[...folds.values()].map(nodeOf)],
    edges: mergedEdges(edges, standIn),
    folds,
  };
}

/** What feeds each node, by its stand-in. */
function sourcesOf(
  edges: readonly PictureEdge[],
  standIn: ReadonlyMap<string, string>,
): Map<string, Set<string>> {
  const sources = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    const known = sources.get(to) ?? new Set();
    sources.set(to, known.add(standIn.get(from) ?? from));
  }
  return sources;
}

function groupsOf(
  nodes: readonly PictureNode[],
  kind: 'step' | 'asset',
  sources: ReadonlyMap<string, ReadonlySet<string>>,
): Map<string, PictureNode[]> {
  const groups = new Map<string, PictureNode[]>();
  for (const node of nodes) {
    if (node.kind === kind) {
      const feeders = [...(sources.get(node.id) ?? [])].sort();
      const id = `alike:${JSON.stringify([kind, node.type ?? '', node.state, feeders])}`;
      const group = groups.get(id) ?? [];
      group.push(node);
      groups.set(id, group);
    }
  }
  return groups;
}

function nodeOf({ id, members }: Fold): PictureNode {
  const { kind = 'step', type, label = '', state = '' } = members[0] ?? {};
  return {
    id,
    kind,
    ...(type === undefined ? {} : { type }),
    label: `${members.length} × ${members.every((each) => each.label === label) ? label : (type ?? kind)}`,
    detail: `${state}, shown as one`,
    state,
  };
}

/** Figures of edges that become one are added up; of pictures a second, the most is told. */
function mergedEdges(edges: readonly PictureEdge[], standIn: ReadonlyMap<string, string>): PictureEdge[] {
  const merged = new Map<string, PictureEdge>();
  for (const edge of edges) {
    const from = standIn.get(edge.from) ?? edge.from;
    const to = standIn.get(edge.to) ?? edge.to;
    const isMoved = from !== edge.from || to !== edge.to;
    const id = isMoved ? `${from}>${to}` : edge.id;
    const before = merged.get(id);
    merged.set(
      id,
      before === undefined
        ? { ...edge, id, from, to }
        : {
            ...before,
            bitrateBps: combined(before.bitrateBps, edge.bitrateBps, (a, b) => a + b),
            fps: combined(before.fps, edge.fps, Math.max),
            queueDepth: combined(before.queueDepth, edge.queueDepth, (a, b) => a + b),
            dropped: combined(before.dropped, edge.dropped, (a, b) => a + b),
          },
    );
  }
  return [...merged.values()];
}

const combined = (
  a: number | null,
  b: number | null,
  combine: (a: number, b: number) => number,
): number | null => (a === null || b === null ? (a ?? b) : combine(a, b));
