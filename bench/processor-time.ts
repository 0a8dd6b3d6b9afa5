import { cpus } from 'node:os';

/** Starts counting the processor time of the whole machine; the returned call tells which share was idle. */
export function watchIdleShare(): () => number {
  const before = processorTime();
  return () => {
    const after = processorTime();
    return (after.idleMs - before.idleMs) / (after.totalMs - before.totalMs);
  };
}

function processorTime(): { idleMs: number; totalMs: number } {
  let idleMs = 0;
  let totalMs = 0;
  for (const { times } of cpus()) {
    idleMs += times.idle;
    totalMs += times.idle + times.user + times.nice + times.sys + times.irq;
  }
  return { idleMs, totalMs };
}
