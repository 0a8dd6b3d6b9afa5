export * from './messages.ts';
export { endLeftovers } from './leftovers.ts';
export { createProcessHealth, type ProcessHealthReader } from './process-health.ts';
export { startWorkerPool, type WorkerPool, type PoolLog } from './pool.ts';
