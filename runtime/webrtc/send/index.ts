export * from './bandwidth-estimator.ts';
export * from './congestion-control.ts';
export * from './forwarder.ts';
export * from './layer-allocation.ts';
export * from './pacer.ts';
export * from './packet-sender.ts';
export * from './prober.ts';
export * from './upgrade-schedule.ts';
