import { nativeHelper } from '../../../../runtime/webrtc/fast-path/index.ts';
import type { NativeReceiver } from '../../../../runtime/webrtc/fast-path/native/index.ts';

const { helper } = nativeHelper();

/** Who takes what comes to a socket: Node, and the helper where there is one for this machine. */
export const receivers: { name: string; receiver: NativeReceiver | undefined }[] = [
  { name: 'Node', receiver: undefined },
  ...(helper === undefined ? [] : [{ name: 'the native helper', receiver: helper.receiver }]),
];
