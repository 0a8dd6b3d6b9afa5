/** What a payload descriptor tells of the picture that the packet belongs to. */
export type PictureFacts = {
  /** Temporal layer, 0 to 7; 0 also where the codec does not tell. */
  temporal: number;
  /**
   * VP8: the picture needs nothing but the base layer (Y of RFC 7741 section 4.2). VP9: later pictures of higher
   * temporal layers need none of those before this picture (U of RFC 9628 section 4.2).
   */
  switchesUp: boolean;
  /** 7 or 15 bits, or -1. */
  pictureId: number;
  /** TL0PICIDX, or -1. Of VP8 only: nobody rewrites that of VP9. */
  tl0: number;
};

/** Of a codec or a packet that tells nothing. */
export function clearPictureFacts(facts: PictureFacts): void {
  facts.temporal = 0;
  facts.switchesUp = false;
  facts.pictureId = -1;
  facts.tl0 = -1;
}

/** Reads a VP8 payload descriptor (RFC 7741 section 4.2). */
export function readVp8Picture(payload: Uint8Array, facts: PictureFacts): void {
  clearPictureFacts(facts);
  const { length } = payload;
  if (length < 2 || ((payload[0] as number) & 0x80) === 0) {
    return;
  }
  const present = payload[1] as number;
  let at = 2;
  if ((present & 0x80) !== 0) {
    const first = payload[at] ?? 0;
    const wide = (first & 0x80) !== 0;
    if (at + (wide ? 2 : 1) > length) {
      return;
    }
    facts.pictureId = wide ? ((first & 0x7f) << 8) | (payload[at + 1] as number) : first;
    at += wide ? 2 : 1;
  }
  if ((present & 0x40) !== 0) {
    facts.tl0 = payload[at] ?? -1;
    at++;
  }
  if ((present & 0x20) !== 0) {
    const layer = payload[at] ?? 0;
    facts.temporal = layer >> 6;
    facts.switchesUp = (layer & 0x20) !== 0;
  }
}

/**
 * Reads a VP9 payload descriptor (RFC 9628 section 4.2), flexible mode or not: the temporal layer stands in the
 * same place of both.
 */
export function readVp9Picture(payload: Uint8Array, facts: PictureFacts): void {
  clearPictureFacts(facts);
  const first = payload[0] ?? 0;
  let at = 1;
  if ((first & 0x80) !== 0) {
    const id = payload[at] ?? 0;
    const wide = (id & 0x80) !== 0;
    facts.pictureId = wide ? ((id & 0x7f) << 8) | (payload[at + 1] ?? 0) : id;
    at += wide ? 2 : 1;
  }
  if ((first & 0x20) !== 0) {
    const layer = payload[at] ?? 0;
    facts.temporal = layer >> 5;
    facts.switchesUp = (layer & 0x10) !== 0;
  }
}
