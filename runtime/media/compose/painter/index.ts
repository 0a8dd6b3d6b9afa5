export { createPainter } from './painter.ts';
export type { Painter } from './painter.ts';
