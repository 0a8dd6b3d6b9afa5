export { createServer } from './server.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export type { Runtime } from './runtime.ts';
