/** What is drawn: plain data, of a document or of a live session. */
export type Diagram = { nodes: readonly DiagramNode[]; edges: readonly DiagramEdge[] };

export type DiagramNode = {
  id: string;
  kind: 'event' | 'person' | 'track' | 'step' | 'asset';
  /** Step type, track kind or asset type: chooses the icon. Left out, or unknown: the icon of the kind. */
  type?: string | undefined;
  label: string;
  /** A second, smaller line; may be empty. */
  detail: string;
  /** Chooses colour and sign, see `toneOf`; empty for a document that does not run. */
  state: string;
};

export type DiagramEdge = {
  id: string;
  from: string;
  to: string;
  /** May be empty. */
  label: string;
  /** Drawn broken: it ends the step instead of feeding it. */
  isEnd?: boolean | undefined;
};

export type Point = { x: number; y: number };

export type PlacedNode = DiagramNode & { x: number; y: number; width: number; height: number };
export type PlacedEdge = DiagramEdge & {
  /** From the border of `from` to the border of `to`; see `curveOf`. */
  points: Point[];
  /** Middle of the room that is kept free for the label. */
  labelAt: Point | null;
};

/** A diagram with a place for everything, in CSS pixels from the upper left. */
export type PlacedDiagram = {
  width: number;
  height: number;
  nodes: PlacedNode[];
  edges: PlacedEdge[];
};
