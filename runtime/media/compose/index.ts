export type * from './types.ts';
export { createCompositor } from './compositor.ts';
