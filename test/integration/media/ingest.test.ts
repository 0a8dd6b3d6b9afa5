import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSenderClock, createTrackIngest, decodeCheck } from '../../../runtime/media/index.ts';
import type { EncodedFrame, MediaPacket, VideoCodec } from '../../../runtime/media/index.ts';
import { decodeDigests } from './support/decoded.ts';
import { recordFrames } from './support/record.ts';
import { encodeVideo } from './support/sources.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roomflow-ingest-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const ENCODERS = {
  vp8: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0'],
  vp9: [
    '-strict',
    'experimental',
    '-c:v',
    'libvpx-vp9',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
    '-lag-in-frames',
    '0',
  ],
  h264: ['-c:v', 'libx264', '-profile:v', 'baseline', '-preset', 'ultrafast', '-tune', 'zerolatency'],
};

/** RTP packets of a real sender: ffmpeg, over the loopback interface. */
const captureRtp = async (codec: keyof typeof ENCODERS): Promise<MediaPacket[]> => {
  const socket = createSocket('udp4');
  const packets: MediaPacket[] = [];
  try {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    socket.setRecvBufferSize(4 * 1024 * 1024);
    socket.on('message', (datagram) => {
      const type = datagram[1]! & 127;
      if (type >= 72 && type <= 76) return; // RTCP
      packets.push({
        sequenceNumber: datagram.readUInt16BE(2),
        timestamp: datagram.readUInt32BE(4),
        marker: (datagram[1]! & 128) !== 0,
        ssrc: datagram.readUInt32BE(8),
        payload: datagram.subarray(12),
      });
    });
    const sender = spawn(
      'ffmpeg',
      [
        ...[
          '-v',
          'error',
          '-re',
          '-f',
          'lavfi',
          '-i',
          'testsrc2=size=640x360:rate=30:duration=3',
          '-pix_fmt',
          'yuv420p',
        ],
        ...[...ENCODERS[codec], '-g', '30', '-b:v', '1M', '-f', 'rtp'],
        `rtp://127.0.0.1:${socket.address().port}?pkt_size=1200`,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    await once(sender, 'exit');
    await new Promise<void>((resolve) => setImmediate(resolve));
    return packets;
  } finally {
    socket.close();
  }
};

const ingest = (codec: VideoCodec, packets: MediaPacket[]) => {
  const frames: EncodedFrame[] = [];
  let keyFrameRequests = 0;
  const first = packets[0]!.timestamp;
  const track = createTrackIngest({
    kind: 'video',
    codec,
    clockRate: 90_000,
    clock: createSenderClock(),
    onFrame: (frame) => frames.push(frame),
    requestKeyFrame: () => keyFrameRequests++,
    maxWaitMs: 100,
  });
  for (const packet of packets) {
    const arrivalMs = ((packet.timestamp - first) >>> 0) / 90 + 20;
    track.push(packet, arrivalMs);
    track.tick(arrivalMs);
  }
  track.close();
  return { frames, keyFrameRequests, stats: track.stats };
};

describe.each(['vp8', 'vp9', 'h264'] as const)('an RTP stream of %s from a real sender', (codec) => {
  it('becomes frames that decode, each in its time; after a loss from the next key frame on', async () => {
    const packets = await captureRtp(codec);
    const { frames, keyFrameRequests } = ingest(codec, packets);
    expect(frames.length).toBe(90);
    expect(keyFrameRequests).toBe(0);
    expect(frames.filter(({ key }) => key).length).toBe(3);
    expect(frames[0]).toMatchObject({ key: true, width: 640, height: 360 });
    for (let i = 1; i < frames.length; i++) {
      expect(Math.abs(frames[i]!.timestampMs - frames[i - 1]!.timestampMs - 1000 / 30)).toBeLessThan(4);
    }
    const directory = join(folder, codec);
    const whole = await recordFrames(frames, { directory, mode: 'video', endMs: 3100 });
    expect(await decodeCheck(whole.files[0]!.path)).toEqual([]);
    expect((await decodeDigests(whole.files[0]!.path, 'v:0')).length).toBeGreaterThanOrEqual(90);

    const lossy = ingest(
      codec,
      packets.filter((_, index) => index % 97 !== 50),
    );
    expect(lossy.stats.packetsLost).toBeGreaterThan(0);
    expect(lossy.keyFrameRequests).toBeGreaterThan(0);
    const damaged = await recordFrames(lossy.frames, {
      directory,
      fileBaseName: 'lossy',
      mode: 'video',
      endMs: 3100,
    });
    expect(await decodeCheck(damaged.files[0]!.path)).toEqual([]);
  });
});

/** Cuts temporal units into RTP payloads of at most `size` bytes, as the AV1 RTP specification tells (W = 1). */
const packetiseAv1 = (frames: EncodedFrame[], size: number): MediaPacket[] => {
  const packets: MediaPacket[] = [];
  for (const frame of frames) {
    const obus: Uint8Array[] = [];
    for (let offset = 0; offset < frame.data.length;) {
      const header = frame.data[offset]!;
      let length = 0;
      let next = offset + 1;
      for (let shift = 0; ; shift += 7) {
        const byte = frame.data[next++]!;
        length |= (byte & 127) << shift;
        if ((byte & 128) === 0) break;
      }
      obus.push(Uint8Array.of(header & ~2, ...frame.data.subarray(next, next + length)));
      offset = next + length;
    }
    obus.forEach((obu, index) => {
      for (let offset = 0; offset < obu.length; offset += size) {
        const end = Math.min(offset + size, obu.length);
        const aggregation = (offset > 0 ? 0x80 : 0) | (end < obu.length ? 0x40 : 0) | 0x10;
        packets.push({
          sequenceNumber: (65_500 + packets.length) & 0xffff,
          timestamp: Math.round(frame.timestampMs * 90),
          marker: index === obus.length - 1 && end === obu.length,
          ssrc: 1,
          payload: Uint8Array.of(aggregation, ...obu.subarray(offset, end)),
        });
      }
    });
  }
  return packets;
};

describe('an RTP stream of av1', () => {
  it('becomes the temporal units that were sent', async () => {
    const sent = await encodeVideo(folder, { codec: 'av1', seconds: 3, keyInterval: 30 });
    const packets = packetiseAv1(sent, 700);
    const { frames } = ingest('av1', packets);
    expect(frames.map(({ key }) => key)).toEqual(sent.map(({ key }) => key));
    expect(frames[0]).toMatchObject({ width: 320, height: 240 });
    const whole = await recordFrames(frames, { directory: join(folder, 'av1'), mode: 'video', endMs: 3100 });
    expect(await decodeCheck(whole.files[0]!.path)).toEqual([]);

    const lossy = ingest(
      'av1',
      packets.filter((_, index) => index % 61 !== 30),
    );
    expect(lossy.keyFrameRequests).toBeGreaterThan(0);
    const damaged = await recordFrames(lossy.frames, {
      directory: join(folder, 'av1'),
      fileBaseName: 'lossy',
      mode: 'video',
      endMs: 3100,
    });
    expect(await decodeCheck(damaged.files[0]!.path)).toEqual([]);
  });
});
