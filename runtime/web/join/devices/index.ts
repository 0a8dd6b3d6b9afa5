export type { DeviceProblem } from './device-problem.ts';
export type { DeviceState, LocalDevice } from './local-device.ts';
export type { DeviceChoice } from './device-list.ts';
export type { SharedScreen } from './screen-share.ts';
export { LocalMedia } from './local-media.ts';
export { measureSound } from './sound-level.ts';
