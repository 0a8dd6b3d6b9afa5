import { BitReader } from './bit-reader.ts';

/** What a VP9 uncompressed header tells (VP9 bitstream specification §6.2). */
export type Vp9FrameHeader = {
  profile: number;
  /** Slot shown again, when the frame only shows an existing one. */
  showExisting: number | undefined;
  key: boolean;
  shown: boolean;
  /** Reference slots this frame is stored into, as a bit mask. */
  refreshFlags: number;
  width?: number;
  height?: number;
};

const FRAME_MARKER = 2;
const SYNC_CODE = 0x498342;
const CS_RGB = 7;

const readColourConfig = (reader: BitReader, profile: number): void => {
  if (profile >= 2) reader.skip(1);
  if (reader.bits(3) !== CS_RGB) {
    reader.skip(1);
    if (profile === 1 || profile === 3) reader.skip(3);
  } else if (profile === 1 || profile === 3) {
    reader.skip(1);
  }
};

/** Parses the start of a VP9 frame; undefined when it is not one. */
export const parseVp9Header = (frame: Uint8Array): Vp9FrameHeader | undefined => {
  const reader = new BitReader(frame);
  if (reader.bits(2) !== FRAME_MARKER) return undefined;
  const low = reader.bit();
  const profile = (reader.bit() << 1) + low;
  if (profile === 3) reader.skip(1);
  if (reader.bit() === 1) {
    return { profile, showExisting: reader.bits(3), key: false, shown: true, refreshFlags: 0 };
  }
  const key = reader.bit() === 0;
  const shown = reader.bit() === 1;
  const errorResilient = reader.bit() === 1;
  if (key) {
    if (reader.bits(24) !== SYNC_CODE) return undefined;
    readColourConfig(reader, profile);
    const width = reader.bits(16) + 1;
    const height = reader.bits(16) + 1;
    if (reader.exhausted) return undefined;
    return { profile, showExisting: undefined, key, shown, refreshFlags: 255, width, height };
  }
  const intraOnly = shown ? false : reader.bit() === 1;
  if (!errorResilient) reader.skip(2);
  if (intraOnly) {
    if (reader.bits(24) !== SYNC_CODE) return undefined;
    if (profile > 0) readColourConfig(reader, profile);
  }
  const refreshFlags = reader.bits(8);
  return { profile, showExisting: undefined, key, shown, refreshFlags };
};

/** Sizes of the frames in a superframe, empty when `data` is a single frame (VP9 specification annex B). */
const readVp9SuperframeSizes = (data: Uint8Array): number[] => {
  const marker = data[data.length - 1] ?? 0;
  if ((marker & 0xe0) !== 0xc0) return [];
  const count = (marker & 7) + 1;
  const bytes = ((marker >> 3) & 3) + 1;
  const indexSize = 2 + bytes * count;
  if (data.length < indexSize || data[data.length - indexSize] !== marker) return [];
  const sizes: number[] = [];
  let offset = data.length - indexSize + 1;
  for (let i = 0; i < count; i++) {
    let size = 0;
    for (let j = 0; j < bytes; j++) size += (data[offset++] ?? 0) * 2 ** (8 * j);
    sizes.push(size);
  }
  return sizes;
};

/** Joins the layer frames of one picture into a superframe; a single frame stays as it is. */
export const joinVp9Layers = (layers: readonly Uint8Array[]): Uint8Array => {
  const [only, second] = layers;
  if (only && !second) return only;
  const total = layers.reduce((sum, layer) => sum + layer.length, 0);
  const out = new Uint8Array(total + 2 + 4 * layers.length);
  let offset = 0;
  for (const layer of layers) {
    out.set(layer, offset);
    offset += layer.length;
  }
  const marker = 0xc0 | (3 << 3) | (layers.length - 1);
  const view = new DataView(out.buffer);
  out[offset++] = marker;
  for (const layer of layers) {
    view.setUint32(offset, layer.length, true);
    offset += 4;
  }
  out[offset] = marker;
  return out;
};

/** Follows a VP9 stream closely enough to show its last picture once more. */
export class Vp9StreamState {
  #slot: number | undefined;
  #profile = 0;

  observe(data: Uint8Array): void {
    const sizes = readVp9SuperframeSizes(data);
    if (sizes.length === 0) {
      this.#observeFrame(data);
      return;
    }
    let offset = 0;
    for (const size of sizes) {
      this.#observeFrame(data.subarray(offset, offset + size));
      offset += size;
    }
  }

  /** A frame that shows the newest stored picture and changes no decoder state (`show_existing_frame`). */
  createCopyFrame(): Uint8Array | undefined {
    if (this.#slot === undefined) return undefined;
    const profileBits = ((this.#profile & 1) << 1) | (this.#profile >> 1);
    if (this.#profile === 3)
      return Uint8Array.of(0x80 | (profileBits << 4) | (1 << 2) | (this.#slot >> 1), (this.#slot & 1) << 7);
    return Uint8Array.of(0x80 | (profileBits << 4) | (1 << 3) | this.#slot);
  }

  #observeFrame(frame: Uint8Array): void {
    const header = parseVp9Header(frame);
    if (!header) return;
    this.#profile = header.profile;
    if (header.showExisting !== undefined) this.#slot = header.showExisting;
    // A frame stored nowhere cannot be shown again: the newest stored one stands in for it.
    else if (header.refreshFlags !== 0) this.#slot = 31 - Math.clz32(header.refreshFlags);
  }
}
