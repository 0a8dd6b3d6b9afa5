/** The native helper: what lies between sockets and plain packets, in as few calls as there can be. */
export { addonFile, loadAddon } from './addon.ts';
export type { Addon } from './addon.ts';
export { NativeOpeningCipher } from './native-cipher.ts';
export { NativeHelper, nativeHelper } from './native-helper.ts';
export { NativeReceiver } from './native-receiver.ts';
export type { DatagramListener } from './native-receiver.ts';
export { NativeSender, NativeSession } from './native-sender.ts';
export type { SealingSocket } from './native-sender.ts';
