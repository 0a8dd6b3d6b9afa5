/** RTP or RTCP, by the first byte (RFC 7983 section 7). */
export function isMedia(data: Uint8Array): boolean {
  const first = data[0] ?? 0;
  return first > 127 && first < 192;
}

/** A DTLS record, by the first byte (RFC 7983 section 7). */
export function isDtls(data: Uint8Array): boolean {
  const first = data[0] ?? 0;
  return first > 19 && first < 64;
}

/** Class of a STUN message (RFC 8489 section 5). */
export type StunClass = 'request' | 'indication' | 'success' | 'error';

const headerBytes = 20;
const magicCookie = 0x2112a442;
const usernameAttribute = 0x0006;

/** The class of a STUN message, by its header alone; `undefined` for any other datagram. */
export function stunClass(data: Buffer): StunClass | undefined {
  if (data.length < headerBytes || (data[0] as number) > 3 || data.readUInt32BE(4) !== magicCookie) {
    return undefined;
  }
  const isResponse = ((data[0] as number) & 0x01) !== 0;
  const isOdd = ((data[1] as number) & 0x10) !== 0;
  return isResponse ? (isOdd ? 'error' : 'success') : isOdd ? 'indication' : 'request';
}

/** The transaction of a STUN message (RFC 8489 section 5): 12 random bytes of whoever asks. */
export function stunTransaction(data: Buffer): string {
  return data.toString('latin1', 8, headerBytes);
}

/**
 * For whom a connectivity check is: the username fragment before the colon (RFC 8445 section 7.2.2), or
 * `undefined` when it names nobody. Nothing is authenticated by that.
 */
export function checkedFragment(data: Buffer): string | undefined {
  let offset = headerBytes;
  while (offset + 4 <= data.length) {
    const start = offset + 4;
    const end = start + data.readUInt16BE(offset + 2);
    if (end > data.length) {
      return undefined;
    }
    if (data.readUInt16BE(offset) === usernameAttribute) {
      const colon = data.indexOf(0x3a, start);
      return colon < 0 || colon >= end ? undefined : data.toString('latin1', start, colon);
    }
    offset = (end + 3) & ~3;
  }
  return undefined;
}
