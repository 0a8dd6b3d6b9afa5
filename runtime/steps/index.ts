export * from './composition.ts';
export * from './composition-config.ts';
export * from './hls-renditions.ts';
export * from './output-profiles.ts';
export * from './step.ts';
export * from './registry.ts';
export { HIDDEN_KEY, identifiedOutputs } from './rtmp.ts';
export type { RtmpCommand, RtmpOutputUpdate } from './rtmp.ts';
