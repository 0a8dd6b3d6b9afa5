import { describe, expect, it } from 'vitest';
import { createSenderClock, createTrackIngest } from '../../../runtime/media/index.ts';
import type { EncodedFrame, VideoCodec } from '../../../runtime/media/index.ts';

type Payload = { bytes: number[]; marker: boolean; timestamp: number };

/** Sends payloads as one stream, leaving some out, and returns the frames that come of it. */
const depacketize = (codec: VideoCodec | 'opus', payloads: Payload[], missing: number[] = []) => {
  const frames: EncodedFrame[] = [];
  let requests = 0;
  const ingest = createTrackIngest({
    kind: codec === 'opus' ? 'audio' : 'video',
    codec,
    clockRate: codec === 'opus' ? 48_000 : 90_000,
    clock: createSenderClock(),
    onFrame: (frame) => frames.push(frame),
    requestKeyFrame: () => requests++,
    maxWaitMs: 50,
  });
  payloads.forEach(({ bytes, marker, timestamp }, index) => {
    if (missing.includes(index)) return;
    const payload = Uint8Array.from(bytes);
    ingest.push(
      { sequenceNumber: (65_533 + index) & 0xffff, timestamp, marker, payload, ssrc: 1 },
      index * 100,
    );
    ingest.tick(index * 100 + 99);
  });
  ingest.close();
  return { frames, requests, stats: ingest.stats };
};

const hex = (frames: EncodedFrame[]) => frames.map(({ data }) => Buffer.from(data).toString('hex'));

describe('VP8 payloads (RFC 7741)', () => {
  const key = [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00, 0xaa];
  const start = (pictureId: number) => [0x90, 0x80, 0x80 | (pictureId >> 8), pictureId & 255];
  const rest = (pictureId: number) => [0x80, 0x80, 0x80 | (pictureId >> 8), pictureId & 255];
  const payloads: Payload[] = [
    { bytes: [...start(1), ...key], marker: false, timestamp: 0 },
    { bytes: [...rest(1), 0xbb], marker: true, timestamp: 0 },
    { bytes: [...start(2), 0x11, 0x01], marker: false, timestamp: 3000 },
    { bytes: [...rest(2), 0x02], marker: true, timestamp: 3000 },
    { bytes: [...start(3), 0x11, 0x03], marker: true, timestamp: 6000 },
    { bytes: [], marker: false, timestamp: 6000 },
    { bytes: [...start(4), 0x11, 0x04], marker: true, timestamp: 9000 },
    { bytes: [...start(5), ...key], marker: true, timestamp: 12_000 },
  ];

  it('joins packets into frames and reads the size of key frames', () => {
    const { frames, requests } = depacketize('vp8', payloads);
    expect(hex(frames)).toEqual([
      '1002009d012a4001f000aabb',
      '110102',
      '1103',
      '1104',
      '1002009d012a4001f000aa',
    ]);
    expect(frames.map(({ key: isKey, width, height }) => [isKey, width, height])).toEqual([
      [true, 320, 240],
      [false, undefined, undefined],
      [false, undefined, undefined],
      [false, undefined, undefined],
      [true, 320, 240],
    ]);
    expect(requests).toBe(0);
  });

  it.each([2, 3])('drops up to the next key frame and asks for one after losing packet %d', (missing) => {
    const { frames, requests } = depacketize('vp8', payloads, [missing]);
    expect(frames.map(({ key: isKey }) => isKey)).toEqual([true, true]);
    expect(requests).toBeGreaterThan(0);
  });

  it('goes on when only padding was lost', () => {
    const { frames, requests } = depacketize('vp8', payloads, [5]);
    expect(frames.length).toBe(5);
    expect(requests).toBe(0);
  });

  it('goes on when part of a frame was lost that nothing refers to', () => {
    const nonReference = payloads.map((payload, index) =>
      index === 2 || index === 3
        ? { ...payload, bytes: [payload.bytes[0]! | 0x20, ...payload.bytes.slice(1)] }
        : payload,
    );
    const { frames } = depacketize('vp8', nonReference, [3]);
    expect(hex(frames)).toEqual(['1002009d012a4001f000aabb', '1103', '1104', '1002009d012a4001f000aa']);
  });
});

describe('H.264 payloads (RFC 6184)', () => {
  // 320x240 constrained baseline, from x264.
  const sps = [...Buffer.from('6742c00dda0507e8400000030040000007a3c50aa8', 'hex')];
  const pps = [0x68, 0xce, 0x3c, 0x80];
  const stapA = [0x78, 0, sps.length, ...sps, 0, pps.length, ...pps];
  const startCode = '00000001';
  const parameterSets =
    startCode + Buffer.from(sps).toString('hex') + startCode + Buffer.from(pps).toString('hex');
  const payloads: Payload[] = [
    { bytes: stapA, marker: false, timestamp: 0 },
    { bytes: [0x7c, 0x85, 0x88, 0x01], marker: false, timestamp: 0 },
    { bytes: [0x7c, 0x05, 0x02], marker: false, timestamp: 0 },
    { bytes: [0x7c, 0x45, 0x03], marker: true, timestamp: 0 },
    { bytes: [0x41, 0x9a, 0x11], marker: true, timestamp: 3000 },
    { bytes: [0x41, 0x9a, 0x12], marker: true, timestamp: 6000 },
    { bytes: [0x65, 0x88, 0x21], marker: true, timestamp: 9000 },
  ];

  it('joins aggregates and fragments into Annex B access units with parameter sets before each key frame', () => {
    const { frames } = depacketize('h264', payloads);
    expect(hex(frames)).toEqual([
      `${parameterSets}${startCode}6588010203`,
      `${startCode}419a11`,
      `${startCode}419a12`,
      `${parameterSets}${startCode}658821`,
    ]);
    expect(frames.map(({ key }) => key)).toEqual([true, false, false, true]);
    expect([frames[0]!.width, frames[0]!.height]).toEqual([320, 240]);
  });

  it.each([2, 4])('drops up to the next key frame after losing packet %d', (missing) => {
    const { frames, requests } = depacketize('h264', payloads, [missing]);
    expect(frames.map(({ key }) => key)).toEqual(missing === 2 ? [true] : [true, true]);
    expect(requests).toBeGreaterThan(0);
  });
});

describe('VP9 payloads (RFC 9628)', () => {
  // Key frame header, profile 0: marker, show_frame, sync code, BT.601, 320x240.
  const keyFrame = [0x82, 0x49, 0x83, 0x42, 0x20, 0x13, 0xf0, 0x0e, 0xf6];
  const interFrame = [0x86, 0x00, 0x40, 0x92];
  const payloads: Payload[] = [
    { bytes: [0x88, 0x80, ...keyFrame].with(0, 0x88), marker: false, timestamp: 0 },
    { bytes: [0x84, 0x80, 0x55], marker: true, timestamp: 0 },
    { bytes: [0xcc, 0x01, ...interFrame], marker: true, timestamp: 3000 },
    { bytes: [0xcc, 0x02, ...interFrame], marker: true, timestamp: 6000 },
    { bytes: [0x8c, 0x03, ...keyFrame], marker: true, timestamp: 9000 },
  ].map((payload) => ({
    ...payload,
    bytes: [payload.bytes[0]!, payload.bytes[1]! & 0x7f, ...payload.bytes.slice(2)],
  }));

  it('joins packets into frames and reads the size of key frames', () => {
    const { frames } = depacketize('vp9', payloads);
    expect(frames.map(({ key }) => key)).toEqual([true, false, false, true]);
    expect([frames[0]!.width, frames[0]!.height]).toEqual([320, 240]);
    expect(frames[0]!.data.length).toBe(keyFrame.length + 1);
  });

  it('drops up to the next key frame after a loss', () => {
    const { frames, requests } = depacketize('vp9', payloads, [2]);
    expect(frames.map(({ key }) => key)).toEqual([true, true]);
    expect(requests).toBeGreaterThan(0);
  });

  it('joins the spatial layers of a picture into a superframe', () => {
    const { frames } = depacketize('vp9', [
      { bytes: [0xac, 0x01, 0x00, 0x00, ...keyFrame], marker: false, timestamp: 0 },
      { bytes: [0xac, 0x01, 0x03, 0x00, ...interFrame], marker: true, timestamp: 0 },
    ]);
    const marker = 'd9';
    expect(hex(frames)).toEqual([
      `${Buffer.from([...keyFrame, ...interFrame]).toString('hex')}${marker}0900000004000000${marker}`,
    ]);
  });
});

describe('Opus payloads (RFC 7587)', () => {
  it('hands on each packet, losses or not', () => {
    const payloads = [0, 1, 2, 3].map((i) => ({ bytes: [0xfc, i], marker: false, timestamp: i * 960 }));
    const { frames, stats } = depacketize('opus', payloads, [1]);
    expect(hex(frames)).toEqual(['fc00', 'fc02', 'fc03']);
    expect(stats.packetsLost).toBe(1);
  });
});

describe('hostile payloads', () => {
  it.each(['opus', 'vp8', 'vp9', 'h264', 'av1'] as const)('never upset the %s depacketizer', (codec) => {
    let seed = 1;
    const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const payloads = Array.from({ length: 5000 }, (_, index) => ({
      bytes: Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256)),
      marker: random() < 0.3,
      timestamp: Math.floor(index / 3) * 3000,
    }));
    const { stats } = depacketize(codec, payloads);
    expect(stats.packetsReceived).toBe(5000);
  });
});
