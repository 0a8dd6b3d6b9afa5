import { describe, expect, it } from 'vitest';
import { startsKeyFrame } from '../../../runtime/webrtc/index.ts';
import { Vp8Continuity, shiftVp8Descriptor } from '../../../runtime/webrtc/codec/vp8-continuity.ts';

describe('the start of a key frame', () => {
  it.each([
    ['vp8', [0x10, 0x10, 0, 0], true],
    ['vp8', [0x10, 0x11, 0, 0], false],
    ['vp8', [0x00, 0x10, 0, 0], false],
    ['vp8', [0x90, 0x80, 0x81, 0x02, 0x10], true],
    ['vp8', [0x90, 0xc0, 0x81, 0x02, 0x05, 0x11], false],
    ['h264', [0x67, 0x42, 0xe0], true],
    ['h264', [0x65, 0x88], true],
    ['h264', [0x61, 0x88], false],
    ['h264', [0x7c, 0x85, 0x11], true],
    ['h264', [0x7c, 0x05, 0x11], false],
    ['h264', [0x78, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xce], true],
    ['h264', [0x78, 0, 2, 0x06, 0x05, 0, 2, 0x61, 0xce], false],
    ['vp9', [0x88, 0x01, 0x00], true],
    ['vp9', [0xc8, 0x01, 0x00], false],
    ['vp9', [0x80, 0x01, 0x00], false],
    ['av1', [0x18, 0x0a], true],
    ['av1', [0x10, 0x32], false],
    ['opus', [0x78], true],
  ] as const)('%s %j: %s', (codec, bytes, expected) => {
    expect(startsKeyFrame(codec, Uint8Array.from(bytes))).toBe(expected);
  });

  it('is not found in cut payloads', () => {
    for (const codec of ['vp8', 'h264', 'vp9', 'av1'] as const) {
      expect(startsKeyFrame(codec, new Uint8Array(0))).toBe(false);
    }
    for (const bytes of [[0x90], [0x90, 0xff], [0x90, 0xff, 0x80], [0x78, 0xff, 0xff]]) {
      expect(startsKeyFrame('vp8', Uint8Array.from(bytes))).toBe(false);
    }
  });
});

describe('VP8 picture ids over a switch of layers', () => {
  const outgoing = (continuity: Vp8Continuity, pictureId: number, tl0: number) => {
    const bytes = Uint8Array.from([0x90, 0xc0, 0x80 | (pictureId >> 8), pictureId & 0xff, tl0, 0x10]);
    continuity.noteSent(pictureId, tl0);
    shiftVp8Descriptor(bytes, 0, bytes.length, continuity.shift);
    return [((bytes[2]! & 0x7f) << 8) | bytes[3]!, bytes[4]];
  };
  const enter = (continuity: Vp8Continuity, pictureId: number, tl0: number) => {
    continuity.enterLayer(pictureId, tl0);
    return outgoing(continuity, pictureId, tl0);
  };

  it('go on without a gap, also across their wrap', () => {
    const continuity = new Vp8Continuity();
    expect(enter(continuity, 0x7ffd, 254)).toEqual([0x7ffd, 254]);
    expect(outgoing(continuity, 0x7ffe, 255)).toEqual([0x7ffe, 255]);
    expect(enter(continuity, 100, 7)).toEqual([0x7fff, 0]);
    expect(outgoing(continuity, 101, 8)).toEqual([0, 1]);
    expect(enter(continuity, 9000, 33)).toEqual([1, 2]);
  });

  it('close up where pictures were left out', () => {
    const continuity = new Vp8Continuity();
    expect(enter(continuity, 0, 0)).toEqual([0, 0]);
    continuity.leaveOutPicture(1, 0);
    continuity.leaveOutPicture(2, 0);
    expect(outgoing(continuity, 3, 1)).toEqual([1, 1]);
    continuity.leaveOutPicture(4, 1);
    expect(outgoing(continuity, 5, 2)).toEqual([2, 2]);
  });

  it('leave packets as they are while nothing was switched', () => {
    const continuity = new Vp8Continuity();
    continuity.enterLayer(5, 5);
    expect(continuity.shift).toBe(0);
    continuity.enterLayer(-1, -1);
    expect(continuity.shift).toBe(0);
  });
});
