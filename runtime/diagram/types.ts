/** What is drawn: plain data, of a document or of a live session. */
export type Diagram = { nodes: readonly DiagramNode[]; edges: readonly DiagramEdge[] };

export type DiagramNode = {
  id: string;
  kind: 'event' | 'person' | 'track' | 'step' | 'asset';
  label: string;
  /** A second, smaller line; may be empty. */
  detail: string;
  /** Chooses colour and sign; empty for a document that does not run. */
  state: string;
};

export type DiagramEdge = {
  id: string;
  from: string;
  to: string;
  /** May be empty. */
  label: string;
  /** Drawn broken: it ends the step instead of feeding it. */
  isEnd?: boolean;
};

export type Point = { x: number; y: number };

/** A diagram with a place for everything, in CSS pixels from the upper left. */
export type PlacedDiagram = {
  width: number;
  height: number;
  nodes: (DiagramNode & { x: number; y: number; width: number; height: number })[];
  edges: (DiagramEdge & { points: Point[]; labelAt: Point | null })[];
};
