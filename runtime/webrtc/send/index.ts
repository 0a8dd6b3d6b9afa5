export * from './bandwidth-estimator.ts';
export * from './forwarder.ts';
export * from './layer-allocation.ts';
export * from './packet-sender.ts';
export * from './sent-history.ts';
