export * from './messages.ts';
export { endLeftovers } from './leftovers.ts';
export { startWorkerPool, type WorkerPool, type PoolLog } from './pool.ts';
