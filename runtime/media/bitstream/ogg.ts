/** Fixed part of a page's header (RFC 3533 section 6). */
const PAGE_HEADER_BYTES = 27;
const FULL_SEGMENT = 255;
const CONTINUED = 0x01;
const CAPTURE_PATTERN = 0x4f67_6753;

/** Takes an Ogg stream apart as it comes. */
export type OggReader = {
  /**
   * Takes more of the stream; packets that are complete now are handed on, each in memory of its own.
   *
   * @throws Error when it is no Ogg stream
   */
  push(chunk: Uint8Array): void;
};

/** Reads the packets of one logical stream (RFC 3533). Checksums are not looked at: it reads from a pipe. */
export function createOggReader(onPacket: (packet: Uint8Array) => void): OggReader {
  let rest: Uint8Array = new Uint8Array(0);
  let unfinished: Uint8Array[] = [];

  function take(page: Uint8Array, segments: number): void {
    const isContinued = ((page[5] ?? 0) & CONTINUED) !== 0;
    if (!isContinued) {
      unfinished = [];
    }
    let at = PAGE_HEADER_BYTES + segments;
    let from = at;
    for (let index = 0; index < segments; index += 1) {
      const length = page[PAGE_HEADER_BYTES + index] ?? 0;
      at += length;
      if (length < FULL_SEGMENT) {
        finish(page.subarray(from, at));
        from = at;
      }
    }
    if (at > from) {
      unfinished.push(new Uint8Array(page.subarray(from, at)));
    }
  }

  function finish(last: Uint8Array): void {
    if (unfinished.length === 0) {
      onPacket(new Uint8Array(last));
    } else {
      const packet = Buffer.concat([...unfinished, last]);
      unfinished = [];
      onPacket(packet);
    }
  }

  return {
    push(chunk) {
      const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      let at = 0;
      while (at + PAGE_HEADER_BYTES <= data.length) {
        if (view.getUint32(at) !== CAPTURE_PATTERN) {
          throw new Error('This is no Ogg stream: a page does not begin with OggS.');
        }
        const segments = data[at + PAGE_HEADER_BYTES - 1] ?? 0;
        const headerEnd = at + PAGE_HEADER_BYTES + segments;
        if (headerEnd > data.length) {
          break;
        }
        let end = headerEnd;
        for (let index = at + PAGE_HEADER_BYTES; index < headerEnd; index += 1) {
          end += data[index] ?? 0;
        }
        if (end > data.length) {
          break;
        }
        take(data.subarray(at, end), segments);
        at = end;
      }
      // A copy: the chunk is its giver's.
      rest = Uint8Array.from(data.subarray(at));
    },
  };
}

/** The two packets with which an Ogg Opus stream begins and that are no sound (RFC 7845 section 5). */
export const isOpusHeader = (packet: Uint8Array): boolean =>
  startsWith(packet, 'OpusHead') || startsWith(packet, 'OpusTags');

function startsWith(packet: Uint8Array, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (packet[index] !== text.charCodeAt(index)) {
      return false;
    }
  }
  return true;
}
