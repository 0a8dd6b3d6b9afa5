export * from './messages.ts';
export { startWorkerPool, type WorkerPool, type PoolLog } from './pool.ts';
