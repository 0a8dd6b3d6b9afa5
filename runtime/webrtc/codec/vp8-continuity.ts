/**
 * Keeps VP8 picture ids and TL0PICIDX continuous (RFC 7741 section 4.2) when a subscriber is moved from one
 * simulcast layer to another: each layer counts on its own, and a decoder that sees a jump waits for a key
 * frame.
 */
export class Vp8Continuity {
  #pictureIdOffset = 0;
  #tl0Offset = 0;
  #lastPictureId = -1;
  #lastTl0 = -1;
  #rebase = false;

  /** The next packet starts another layer. */
  switchLayer(): void {
    this.#rebase = true;
  }

  /**
   * What is added to picture id (low 15 bits) and TL0PICIDX (next 8 bits) of the packet whose payload this
   * is: one number, so that the history can send the packet again as it was.
   */
  shiftOf(payload: Uint8Array): number {
    const positions = locate(payload, 0, payload.length);
    if (positions.pictureId >= 0) {
      const modulo = positions.wide ? 0x8000 : 0x80;
      const pictureId = readPictureId(payload, positions.pictureId, positions.wide);
      if (this.#rebase && this.#lastPictureId >= 0) {
        this.#pictureIdOffset = (this.#lastPictureId + 1 - pictureId) & 0x7fff;
      }
      const shifted = (pictureId + this.#pictureIdOffset) & (modulo - 1);
      if (this.#lastPictureId < 0 || ((shifted - this.#lastPictureId) & (modulo - 1)) < modulo / 2) {
        this.#lastPictureId = shifted;
      }
    }
    if (positions.tl0 >= 0) {
      const tl0 = payload[positions.tl0] as number;
      if (this.#rebase && this.#lastTl0 >= 0) {
        this.#tl0Offset = (this.#lastTl0 + 1 - tl0) & 0xff;
      }
      const shifted = (tl0 + this.#tl0Offset) & 0xff;
      if (this.#lastTl0 < 0 || ((shifted - this.#lastTl0) & 0xff) < 128) {
        this.#lastTl0 = shifted;
      }
    }
    this.#rebase = false;
    return this.#pictureIdOffset | (this.#tl0Offset << 15);
  }
}

/** Adds a shift of {@link Vp8Continuity.shiftOf} to the payload at `offset`, in place. */
export function shiftVp8Descriptor(bytes: Uint8Array, offset: number, length: number, shift: number): void {
  if (shift === 0) {
    return;
  }
  const positions = locate(bytes, offset, length);
  if (positions.pictureId >= 0) {
    const pictureId = readPictureId(bytes, positions.pictureId, positions.wide) + (shift & 0x7fff);
    if (positions.wide) {
      bytes[positions.pictureId] = 0x80 | ((pictureId >> 8) & 0x7f);
      bytes[positions.pictureId + 1] = pictureId & 0xff;
    } else {
      bytes[positions.pictureId] = pictureId & 0x7f;
    }
  }
  if (positions.tl0 >= 0) {
    bytes[positions.tl0] = ((bytes[positions.tl0] as number) + (shift >> 15)) & 0xff;
  }
}

/** Reused result of {@link locate}: this runs for every forwarded VP8 packet. */
const found = { pictureId: -1, wide: false, tl0: -1 };

function locate(bytes: Uint8Array, offset: number, length: number): typeof found {
  found.pictureId = -1;
  found.tl0 = -1;
  if (length < 2 || ((bytes[offset] as number) & 0x80) === 0) {
    return found;
  }
  const extension = bytes[offset + 1] as number;
  const end = offset + length;
  let at = offset + 2;
  if ((extension & 0x80) !== 0 && at < end) {
    found.wide = ((bytes[at] as number) & 0x80) !== 0;
    const next = at + (found.wide ? 2 : 1);
    if (next > end) {
      return found;
    }
    found.pictureId = at;
    at = next;
  }
  if ((extension & 0x40) !== 0 && at < end) {
    found.tl0 = at;
  }
  return found;
}

function readPictureId(bytes: Uint8Array, at: number, wide: boolean): number {
  const first = bytes[at] as number;
  return wide ? ((first & 0x7f) << 8) | (bytes[at + 1] as number) : first;
}
