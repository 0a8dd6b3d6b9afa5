export { createRtmpBroadcast } from './broadcast.ts';
export type { RtmpBroadcast } from './broadcast.ts';
export { parseDestination } from './destination.ts';
export type { RtmpDestination } from './destination.ts';
export type { AddressOf } from './resolved-push.ts';
export type { PusherState, PusherStatus } from './pusher.ts';
