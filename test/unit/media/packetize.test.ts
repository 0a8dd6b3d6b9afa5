import { describe, expect, it } from 'vitest';
import {
  MOST_PAYLOAD_BYTES,
  createPacketizer,
  createSenderClock,
  createTrackIngest,
  type EncodedFrame,
  type PacketizedCodec,
} from '../../../runtime/media/index.ts';

type Payload = { payload: Uint8Array; marker: boolean; timestamp: number };

/** Payloads of the frames, and the frames that the runtime itself makes of those payloads. */
function roundTrip(codec: PacketizedCodec, frames: Uint8Array[]): { payloads: Payload[]; frames: string[] } {
  const packetize = createPacketizer(codec);
  const payloads: Payload[] = [];
  frames.forEach((data, index) => {
    const frame: EncodedFrame = { kind: 'video', codec, timestampMs: index * 20, key: index === 0, data };
    packetize(frame, (payload, marker) => {
      payloads.push({ payload: payload.slice(), marker, timestamp: index * 1800 });
    });
  });
  const received: string[] = [];
  const ingest = createTrackIngest({
    kind: codec === 'opus' ? 'audio' : 'video',
    codec,
    clockRate: codec === 'opus' ? 48_000 : 90_000,
    clock: createSenderClock(),
    onFrame: ({ data }) => received.push(Buffer.from(data).toString('hex')),
    requestKeyFrame: () => undefined,
    maxWaitMs: 50,
  });
  payloads.forEach((packet, index) => {
    ingest.push({ sequenceNumber: index, ssrc: 1, ...packet }, index * 20);
    ingest.tick(index * 20 + 19);
  });
  ingest.close();
  return { payloads, frames: received };
}

const filled = (head: number[], length: number): Uint8Array => {
  const data = new Uint8Array(length).fill(0x55);
  data.set(head);
  return data;
};
const hex = (frames: Uint8Array[]): string[] => frames.map((data) => Buffer.from(data).toString('hex'));

describe('frames cut into RTP payloads', () => {
  it('come whole out of VP8 payloads of which each fits a packet', () => {
    const frames = [
      filled([0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00], 5000),
      filled([0x11, 0x01], 100),
      filled([0x11, 0x02], MOST_PAYLOAD_BYTES - 4),
    ];
    const { payloads, frames: received } = roundTrip('vp8', frames);
    expect(received).toEqual(hex(frames));
    expect(Math.max(...payloads.map(({ payload }) => payload.length))).toBeLessThanOrEqual(
      MOST_PAYLOAD_BYTES,
    );
    expect(payloads.map(({ marker }) => marker)).toEqual([false, false, false, false, true, true, true]);
  });

  it('come whole out of H.264 payloads: small units as they are, large ones in fragments', () => {
    const startCode = [0, 0, 0, 1];
    const parameterSets = [
      ...startCode,
      ...[0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x01, 0x41, 0xfb, 0x01, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00],
      ...[0x00, 0x03, 0x03, 0xc0, 0xf1, 0x62, 0xe4, 0x80],
      ...startCode,
      ...[0x68, 0xcb, 0x83, 0xcb, 0x20],
    ];
    const key = filled([...parameterSets, ...startCode, 0x65, 0x88], 4000);
    const delta = filled([...startCode, 0x41, 0x9a], 60);
    const { payloads, frames } = roundTrip('h264', [key, delta]);
    expect(frames).toEqual(hex([key, delta]));
    expect(payloads.map(({ payload }) => payload[0]! & 31)).toEqual([7, 8, 28, 28, 28, 28, 1]);
    expect(payloads.map(({ marker }) => marker)).toEqual([false, false, false, false, false, true, true]);
  });

  it('are Opus packets as they are', () => {
    const packets = [Uint8Array.of(0xf8, 0xff, 0xfe), Uint8Array.of(0xf8, 1, 2)];
    expect(roundTrip('opus', packets).payloads.map(({ payload }) => payload)).toEqual(packets);
  });
});
