import { layOut, type Diagram, type PlacedDiagram } from '../../../diagram/index.ts';

/** Room on an edge for two lines of figures, such as `12.3 Mbit/s` and `30 fps`. */
const EDGE_LABELS = { widthPx: 72, lines: 2 } as const;
/** As close as lines can be followed: the picture of a busy session is wider than windows are. */
const BETWEEN_COLUMNS_PX = 44;

/**
 * Places a picture that changes all the time. It is laid out anew only when something comes or goes, which takes 50 ms
 * for 200 steps; figures, states and details that change keep their places. An edge that once had figures keeps room
 * for them.
 */
export class LivingLayout {
  #key = '';
  #placed: PlacedDiagram | undefined;
  readonly #withRoom = new Set<string>();

  place(diagram: Diagram): PlacedDiagram {
    const edges = diagram.edges.map((edge) => {
      if (edge.label !== '') {
        this.#withRoom.add(edge.id);
      }
      return this.#withRoom.has(edge.id) && edge.label === '' ? { ...edge, label: ' ' } : edge;
    });
    const key = keyOf({ nodes: diagram.nodes, edges });
    if (this.#placed === undefined || key !== this.#key) {
      this.#placed = layOut(
        { nodes: diagram.nodes, edges },
        { previous: this.#placed, edgeLabels: EDGE_LABELS, betweenColumnsPx: BETWEEN_COLUMNS_PX },
      );
      this.#key = key;
      return this.#placed;
    }
    const byId = new Map(diagram.nodes.map((node) => [node.id, node]));
    const labels = new Map(edges.map(({ id, label }) => [id, label]));
    this.#placed = {
      ...this.#placed,
      nodes: this.#placed.nodes.map((node) => ({ ...node, ...byId.get(node.id) })),
      edges: this.#placed.edges.map((edge) => ({ ...edge, label: labels.get(edge.id) ?? edge.label })),
    };
    return this.#placed;
  }

  /** Changes whenever things have been given new places. */
  get key(): string {
    return this.#key;
  }
}

/** All that decides on places. Pure. */
const keyOf = ({ nodes, edges }: Diagram): string =>
  JSON.stringify([
    nodes.map(({ id, kind, label, detail }) => [id, kind, label, detail === '']),
    edges.map(({ id, from, to, label }) => [id, from, to, label === '']),
  ]);
