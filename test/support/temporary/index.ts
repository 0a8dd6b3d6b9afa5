export { temporaryDirectory, type TemporaryDirectory } from './temporary-directory.ts';
export { freePort } from './free-port.ts';
export {
  spawnProcess,
  type ProcessEnd,
  type SpawnedProcess,
  type SpawnProcessOptions,
} from './spawned-process.ts';
export { describeProcess, isProcessAlive } from './marked-processes.ts';
export { childProcesses } from './child-processes.ts';
