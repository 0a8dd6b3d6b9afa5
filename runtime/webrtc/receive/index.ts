export * from './key-frame-requests.ts';
export * from './layer-rank.ts';
export * from './nack-generator.ts';
export * from './published-track.ts';
export * from './reception-statistics.ts';
export * from './stream-table.ts';
export * from './transport-feedback-generator.ts';
