import { joinVp9Layers, parseVp9Header } from '../bitstream/index.ts';
import { PieceList } from './depacketizer.ts';
import type { Depacketizer, DepacketizerOptions } from './depacketizer.ts';

/** VP9 payloads (RFC 9628 §4). The layer frames of a picture are joined into a superframe. */
export const createVp9Depacketizer = (options: DepacketizerOptions): Depacketizer =>
  new Vp9Depacketizer(options);

/** Offset of the VP9 data behind the payload descriptor; the payload's length when it is cut short. */
const dataOffset = (payload: Uint8Array): number => {
  const first = payload[0] ?? 0;
  const interPredicted = (first & 0x40) !== 0;
  const flexible = (first & 0x10) !== 0;
  let offset = 1;
  if ((first & 0x80) !== 0) offset += ((payload[offset] ?? 0) & 0x80) !== 0 ? 2 : 1;
  if ((first & 0x20) !== 0) offset += flexible ? 1 : 2;
  if (flexible && interPredicted) {
    for (let i = 0; i < 3; i++) {
      if (((payload[offset++] ?? 0) & 1) === 0) break;
    }
  }
  if ((first & 0x02) !== 0) {
    const structure = payload[offset++] ?? 0;
    if ((structure & 0x10) !== 0) offset += 4 * ((structure >> 5) + 1);
    if ((structure & 0x08) !== 0) {
      const pictures = payload[offset++] ?? 0;
      for (let i = 0; i < pictures && offset < payload.length; i++)
        offset += 1 + (((payload[offset] ?? 0) >> 2) & 3);
    }
  }
  return Math.min(offset, payload.length);
};

class Vp9Depacketizer implements Depacketizer {
  framesDropped = 0;
  readonly #options: DepacketizerOptions;
  readonly #pieces = new PieceList();
  #layers: Uint8Array[] = [];
  #timestamp = 0;
  #awaitsKey = true;
  #gap = false;
  #broken = false;
  #started = false;

  constructor(options: DepacketizerOptions) {
    this.#options = options;
  }

  push(payload: Uint8Array, marker: boolean, rtpTimestamp: number): void {
    if (payload.length === 0) return; // padding
    const offset = dataOffset(payload);
    if (offset >= payload.length) return;
    if (this.#started && rtpTimestamp !== this.#timestamp) this.#complete();
    this.#timestamp = rtpTimestamp;
    this.#started = true;
    const beginsLayer = ((payload[0] ?? 0) & 0x08) !== 0;
    const endsLayer = ((payload[0] ?? 0) & 0x04) !== 0;
    if (beginsLayer !== this.#pieces.empty) this.#broken = true;
    this.#pieces.add(payload.subarray(offset));
    if (endsLayer) this.#layers.push(this.#pieces.take());
    if (marker) this.#complete();
  }

  lost(): void {
    this.#gap = true;
    if (this.#started) this.#broken = true;
  }

  #complete(): void {
    const layers = this.#layers;
    const [base] = layers;
    const broken = this.#broken || !this.#pieces.empty;
    this.#layers = [];
    this.#pieces.clear();
    this.#broken = false;
    this.#started = false;
    const header = broken || !base ? undefined : parseVp9Header(base);
    const key = header?.key ?? false;
    if (this.#gap) {
      this.#gap = false;
      this.#awaitsKey = true;
    }
    if (!header || (this.#awaitsKey && !key)) {
      this.framesDropped++;
      this.#awaitsKey = true;
      this.#options.onKeyFrameNeeded();
      return;
    }
    this.#awaitsKey = false;
    // With spatial layers the picture shown is the highest one's, whose size the first layer's header does not tell.
    const top = key ? layers.at(-1) : undefined;
    const shown = (top && parseVp9Header(top)) ?? header;
    this.#options.onFrame(
      joinVp9Layers(layers),
      key,
      this.#timestamp,
      shown.width ?? header.width,
      shown.height ?? header.height,
    );
  }
}
