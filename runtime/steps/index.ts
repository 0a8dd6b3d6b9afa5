export * from './step.ts';
export * from './registry.ts';
