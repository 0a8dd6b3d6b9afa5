import { rtpHeaderLength } from '../../rtp/packet.ts';
import { maxDatagramBytes } from './packet-slot.ts';
import { ReplayWindow } from './replay-window.ts';
import type { SrtpOpeningCipher, SrtpStreamOpener } from './srtp-cipher.ts';
import { StreamsBySsrc } from './streams-by-ssrc.ts';

type IncomingStream = { readonly cipher: SrtpStreamOpener; readonly window: ReplayWindow };

/**
 * Authenticates and decrypts incoming SRTP (RFC 3711 section 3.3). Replayed and forged packets are refused without a
 * trace in the state.
 */
export class SrtpReceiver {
  readonly #cipher: SrtpOpeningCipher;
  readonly #streams = new StreamsBySsrc<IncomingStream>();

  constructor(cipher: SrtpOpeningCipher) {
    this.#cipher = cipher;
  }

  /** Decrypts in place and returns the plain packet, or `undefined` when it must be dropped. */
  unprotect(data: Buffer): Buffer | undefined {
    const end = data.length - this.#cipher.tagBytes;
    const payloadOffset = rtpHeaderLength(data, end);
    if (payloadOffset < 0 || data.length > maxDatagramBytes) {
      return undefined;
    }
    const sequence = data.readUInt16BE(2);
    const ssrc = data.readUInt32BE(8);
    const known = this.#streams.get(ssrc);
    const index = known === undefined ? sequence : known.window.guessIndex(sequence);
    if (known?.window.isReplay(index) === true) {
      return undefined;
    }
    const cipher = known === undefined ? this.#cipher.stream(ssrc) : known.cipher;
    if (!cipher.open(data, payloadOffset, end, index)) {
      return undefined;
    }
    const window = known === undefined ? new ReplayWindow() : known.window;
    window.accept(index);
    if (known === undefined) {
      this.#streams.add(ssrc, { cipher, window });
    }
    return data.subarray(0, end);
  }
}
