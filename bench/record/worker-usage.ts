import type { RuntimeApi } from '../runtime-api.ts';

/** What the media workers have used since their start, and when that was read (`performance.now()`). */
export type WorkerUsage = { atMs: number; cpuSeconds: number };

/** Reads `/metrics`. @throws when the metric is missing */
export async function readWorkerUsage(api: RuntimeApi): Promise<WorkerUsage> {
  const before = performance.now();
  const text = await api.metrics();
  return {
    atMs: (before + performance.now()) / 2,
    cpuSeconds: sumOf(text, 'roomflow_worker_cpu_seconds'),
  };
}

/** Sums a metric over the workers. */
function sumOf(text: string, name: string): number {
  const values = text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
  if (values.length === 0) {
    throw new Error(`The runtime's metrics hold no ${name}`);
  }
  return values.reduce((sum, value) => sum + value, 0);
}
