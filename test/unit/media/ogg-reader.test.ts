import { describe, expect, it } from 'vitest';
import { createOggReader, isOpusHeader } from '../../../runtime/media/bitstream/index.ts';

/** A page of RFC 3533 with these segments; its checksum is left out. */
function page(lacing: readonly number[], body: Uint8Array, flags = 0): Uint8Array {
  const header = Buffer.alloc(27);
  header.write('OggS');
  header[5] = flags;
  header[26] = lacing.length;
  return Buffer.concat([header, Buffer.from(lacing), body]);
}

function packetsOf(stream: Uint8Array, chunkBytes: number): number[][] {
  const packets: number[][] = [];
  const reader = createOggReader((packet) => packets.push([...packet]));
  for (let at = 0; at < stream.length; at += chunkBytes) {
    reader.push(stream.subarray(at, at + chunkBytes));
  }
  return packets;
}

describe('an Ogg stream', () => {
  const long = Uint8Array.from({ length: 600 }, (_, index) => index & 0xff);
  const stream = Buffer.concat([
    page([3, 2], Uint8Array.of(1, 2, 3, 4, 5)),
    page([255, 255], long.subarray(0, 510)),
    page([90, 1], Buffer.concat([long.subarray(510), Uint8Array.of(7)]), 1),
  ]);

  it.each([1, 7, 28, 4096])('gives the same packets when it comes %i bytes at a time', (chunkBytes) => {
    expect(packetsOf(stream, chunkBytes)).toEqual([[1, 2, 3], [4, 5], [...long], [7]]);
  });

  it('ends a packet of 255 bytes with an empty segment', () => {
    const body = new Uint8Array(256).fill(9);
    expect(packetsOf(page([255, 0, 1], body), 64).map(({ length }) => length)).toEqual([255, 1]);
  });

  it('hands on nothing of a page that is not there as a whole', () => {
    expect(packetsOf(stream.subarray(0, 31), 31)).toEqual([]);
  });

  it('is told apart from something else', () => {
    expect(() => packetsOf(Buffer.from('RIFF0000WAVEfmt and so on, long enough'), 64)).toThrow(
      'no Ogg stream',
    );
  });

  it('begins with two packets that are no sound', () => {
    expect(isOpusHeader(Buffer.from('OpusHead…'))).toBe(true);
    expect(isOpusHeader(Buffer.from('OpusTags…'))).toBe(true);
    expect(isOpusHeader(Uint8Array.of(0xf8, 0xff, 0xfe))).toBe(false);
  });
});
