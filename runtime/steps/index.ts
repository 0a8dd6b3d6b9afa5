export * from './composition.ts';
export * from './step.ts';
export * from './registry.ts';
