/**
 * Keeps VP8 picture ids and TL0PICIDX continuous (RFC 7741 section 4.2) for one subscriber: simulcast layers count
 * each on their own, and pictures that were left out leave a hole. A decoder that sees a jump waits for what is
 * missing, libwebrtc's also where only pictures of higher temporal layers are.
 */
export class Vp8Continuity {
  /**
   * What is added to picture id (low 15 bits) and TL0PICIDX (next 8 bits): one number, so that a packet can be sent
   * again as it was.
   */
  shift = 0;
  #lastPictureId = -1;
  #lastTl0 = -1;

  /** The packet with these ids, or -1 for those it has not, begins another layer: it follows what was sent last. */
  enterLayer(pictureId: number, tl0: number): void {
    const pictureShift =
      pictureId >= 0 && this.#lastPictureId >= 0
        ? (this.#lastPictureId + 1 - pictureId) & 0x7fff
        : this.shift & 0x7fff;
    const tl0Shift =
      tl0 >= 0 && this.#lastTl0 >= 0 ? (this.#lastTl0 + 1 - tl0) & 0xff : (this.shift >> 15) & 0xff;
    this.shift = pictureShift | (tl0Shift << 15);
  }

  /**
   * The picture with these ids is left out: those that follow take its place. One before it that is still to come
   * keeps its own.
   */
  leaveOutPicture(pictureId: number, tl0: number): void {
    if (pictureId >= 0) {
      this.shift = (this.shift & ~0x7fff) | ((this.shift - 1) & 0x7fff);
    }
    this.noteSent(pictureId, tl0);
  }

  /** A packet with these ids is sent, the newest so far. */
  noteSent(pictureId: number, tl0: number): void {
    if (pictureId >= 0) {
      this.#lastPictureId = (pictureId + this.shift) & 0x7fff;
    }
    if (tl0 >= 0) {
      this.#lastTl0 = (tl0 + (this.shift >> 15)) & 0xff;
    }
  }
}

/** Adds a shift of {@link Vp8Continuity} to the payload at `offset`, in place. */
export function shiftVp8Descriptor(bytes: Uint8Array, offset: number, length: number, shift: number): void {
  if (shift === 0 || length < 2 || ((bytes[offset] as number) & 0x80) === 0) {
    return;
  }
  const present = bytes[offset + 1] as number;
  const end = offset + length;
  let at = offset + 2;
  if ((present & 0x80) !== 0 && at < end) {
    const first = bytes[at] as number;
    const wide = (first & 0x80) !== 0;
    if (at + (wide ? 2 : 1) > end) {
      return;
    }
    if (wide) {
      const pictureId = (((first & 0x7f) << 8) | (bytes[at + 1] as number)) + (shift & 0x7fff);
      bytes[at] = 0x80 | ((pictureId >> 8) & 0x7f);
      bytes[at + 1] = pictureId & 0xff;
    } else {
      bytes[at] = (first + shift) & 0x7f;
    }
    at += wide ? 2 : 1;
  }
  if ((present & 0x40) !== 0 && at < end) {
    bytes[at] = ((bytes[at] as number) + (shift >> 15)) & 0xff;
  }
}
