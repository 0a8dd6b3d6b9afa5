export type { Diagram, DiagramEdge, DiagramNode, PlacedDiagram, Point } from './types.ts';
