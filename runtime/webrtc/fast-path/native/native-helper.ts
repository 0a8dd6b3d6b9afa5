import type { SrtpSessionKeys } from '../srtp/key-derivation.ts';
import { loadAddon } from './addon.ts';
import type { Addon } from './addon.ts';
import { NativeOpeningCipher } from './native-cipher.ts';
import { NativeReceiver } from './native-receiver.ts';
import { NativeSender } from './native-sender.ts';

/** The native helper of this process: it takes datagrams, decrypts them, encrypts packets and sends them. */
export class NativeHelper {
  readonly sender: NativeSender;
  readonly receiver: NativeReceiver;
  readonly #addon: Addon;

  constructor(addon: Addon) {
    this.#addon = addon;
    this.sender = new NativeSender(addon);
    this.receiver = new NativeReceiver(addon);
  }

  /** What decrypts the packets of one peer. Its owner closes it. */
  openingCipher(keys: SrtpSessionKeys): NativeOpeningCipher {
    return new NativeOpeningCipher(this.#addon, keys);
  }
}

let loaded: { helper: NativeHelper } | { helper: undefined; why: string } | undefined;

/** The one helper of this process, or why there is none. */
export function nativeHelper(): { helper: NativeHelper } | { helper: undefined; why: string } {
  if (loaded === undefined) {
    const result = loadAddon();
    loaded =
      result.addon === undefined
        ? { helper: undefined, why: result.why }
        : { helper: new NativeHelper(result.addon) };
  }
  return loaded;
}
