export { loadConfig, type RuntimeConfig } from './load.ts';
export { loadKeys, type RuntimeKeys } from './keys.ts';
export { ConfigSchema } from './schema.ts';
