import { availableParallelism } from 'node:os';

const cores = Array.from({ length: availableParallelism() }, (_, core) => core);

/** Every core. */
export const allCores: readonly number[] = cores;

/** The worker that is measured has the first core to itself; all peers share the others. */
export const apart = { worker: cores.slice(0, 1), peers: cores.length > 1 ? cores.slice(1) : cores };
