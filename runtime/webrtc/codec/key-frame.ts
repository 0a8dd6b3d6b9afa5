/** Codecs that this SFU forwards. */
export type CodecName = 'opus' | 'vp8' | 'h264' | 'vp9' | 'av1';

/**
 * True when the RTP payload begins a frame that can be decoded without any earlier one: where a new
 * subscriber or a layer switch may start.
 */
export function startsKeyFrame(codec: CodecName, payload: Uint8Array): boolean {
  switch (codec) {
    case 'opus':
      return true;
    case 'vp8':
      return startsVp8KeyFrame(payload);
    case 'h264':
      return startsH264KeyFrame(payload);
    case 'vp9':
      return startsVp9KeyFrame(payload);
    case 'av1':
      return payload.length > 0 && ((payload[0] as number) & 0x08) !== 0;
  }
}

/** Length of the VP8 payload descriptor (RFC 7741 section 4.2), or -1 when malformed. */
export function vp8DescriptorLength(payload: Uint8Array): number {
  if (payload.length < 1) {
    return -1;
  }
  let length = 1;
  if (((payload[0] as number) & 0x80) !== 0) {
    const extension = payload[1] ?? 0;
    length = 2;
    if ((extension & 0x80) !== 0) {
      length += ((payload[length] ?? 0) & 0x80) !== 0 ? 2 : 1;
    }
    if ((extension & 0x40) !== 0) {
      length += 1;
    }
    if ((extension & 0x30) !== 0) {
      length += 1;
    }
  }
  return length <= payload.length ? length : -1;
}

function startsVp8KeyFrame(payload: Uint8Array): boolean {
  // S bit set and partition index 0, then the P bit of the frame header clear (RFC 6386 section 9.1).
  if (payload.length < 2 || ((payload[0] as number) & 0x17) !== 0x10) {
    return false;
  }
  const descriptor = vp8DescriptorLength(payload);
  return descriptor > 0 && descriptor < payload.length && ((payload[descriptor] as number) & 0x01) === 0;
}

const nalIdr = 5;
const nalSps = 7;
const nalStapA = 24;
const nalFuA = 28;

function startsH264KeyFrame(payload: Uint8Array): boolean {
  if (payload.length < 2) {
    return false;
  }
  const type = (payload[0] as number) & 0x1f;
  if (type === nalIdr || type === nalSps) {
    return true;
  }
  if (type === nalFuA) {
    const head = payload[1] as number;
    return (head & 0x80) !== 0 && (head & 0x1f) === nalIdr;
  }
  if (type === nalStapA) {
    for (let at = 1; at + 2 < payload.length;) {
      const size = ((payload[at] as number) << 8) | (payload[at + 1] as number);
      const inner = (payload[at + 2] as number) & 0x1f;
      if (inner === nalIdr || inner === nalSps) {
        return true;
      }
      at += 2 + size;
    }
  }
  return false;
}

function startsVp9KeyFrame(payload: Uint8Array): boolean {
  // I|P|L|F|B|E|V|Z (RFC 9628 section 4.2): first packet of a frame that is not inter-picture predicted.
  if (payload.length < 2) {
    return false;
  }
  const first = payload[0] as number;
  if ((first & 0x40) !== 0 || (first & 0x08) === 0) {
    return false;
  }
  if ((first & 0x20) === 0) {
    return true;
  }
  const pictureIdBytes = (first & 0x80) === 0 ? 0 : ((payload[1] as number) & 0x80) !== 0 ? 2 : 1;
  const layerIndices = payload[1 + pictureIdBytes] ?? 0;
  return ((layerIndices >> 1) & 0x07) === 0;
}
