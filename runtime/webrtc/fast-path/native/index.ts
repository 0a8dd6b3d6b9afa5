/** Encrypting and sending in one call of a native helper. */
export { addonFile, loadAddon } from './addon.ts';
export type { Addon } from './addon.ts';
export { NativeSender, NativeSession, nativeSender } from './native-sender.ts';
export type { SealingSocket } from './native-sender.ts';
