export type {
  Diagram,
  DiagramEdge,
  DiagramNode,
  PlacedDiagram,
  PlacedEdge,
  PlacedNode,
  Point,
} from './types.ts';
export { curveOf } from './curve.ts';
export { iconOf } from './icons.ts';
export { layOut, nodePadding, type LayOutOptions } from './lay-out.ts';
export { signOf } from './signs.ts';
export { shortenText, textStyles, textWidth, type TextStyle } from './text-width.ts';
export { toSvg, type SvgOptions } from './to-svg.ts';
export { toneOf, type Tone } from './tone.ts';
