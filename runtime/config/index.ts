export { loadConfig, type RuntimeConfig } from './load.ts';
export { loadKeys, type RuntimeKeys } from './keys.ts';
export { createOutboundGuard, type OutboundGuard } from './outbound-address.ts';
export { ConfigSchema } from './schema.ts';
export { createSeal, type Seal } from './seal.ts';
