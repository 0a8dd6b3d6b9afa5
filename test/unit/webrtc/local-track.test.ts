import { afterEach, describe, expect, it, vi } from 'vitest';
import { SendingClock } from '../../../runtime/webrtc/local/sending-clock.ts';
import {
  createLocalAudioTrack,
  createLocalVideoTrack,
  type IncomingTrack,
  type RtpPacket,
  type SenderReport,
} from '../../../runtime/webrtc/index.ts';

const opened: { close(): void }[] = [];

afterEach(() => {
  for (const track of opened.splice(0)) track.close();
  vi.useRealTimers();
});

function audioTrack() {
  const local = createLocalAudioTrack({ trackId: 'trk_1', streamId: 'bot', kind: 'audio' });
  opened.push(local);
  return { ...local, packets: packetsOf(local.track) };
}

function packetsOf(track: IncomingTrack): RtpPacket[] {
  const packets: RtpPacket[] = [];
  track.onRtp((packet) => packets.push(packet));
  return packets;
}

const OPUS = Uint8Array.of(0xf8, 0xff, 0xfe);

describe('a track that the runtime sends itself', () => {
  it('numbers Opus packets one by one and places them 960 ticks of 48 kHz apart, whenever they were written', () => {
    const { packets, write } = audioTrack();
    for (let count = 0; count < 3; count += 1) write(OPUS, 20, 30);
    const [first] = packets;
    expect(
      packets.map(({ sequenceNumber }) => (sequenceNumber - (first?.sequenceNumber ?? 0)) & 0xffff),
    ).toEqual([0, 1, 2]);
    expect(packets.map(({ timestamp }) => (timestamp - (first?.timestamp ?? 0)) >>> 0)).toEqual([
      0, 960, 1920,
    ]);
    expect(packets.map(({ payload }) => [...payload])).toEqual([[...OPUS], [...OPUS], [...OPUS]]);
    expect(new Set(packets.map(({ ssrc }) => ssrc)).size).toBe(1);
  });

  it('marks the first packet of each stretch, as RFC 3551 has it', () => {
    const { packets, write, pause } = audioTrack();
    write(OPUS, 20, 30);
    write(OPUS, 20, 30);
    pause();
    write(OPUS, 20, 30);
    write(OPUS, 20, 30);
    expect(packets.map(({ marker }) => marker)).toEqual([true, false, true, false]);
  });

  it('tells the loudness of each packet, as RFC 6464 has it', () => {
    const { track, write } = audioTrack();
    const levels: number[] = [];
    track.onAudioLevel((level) => levels.push(level));
    write(OPUS, 20, 30);
    write(OPUS, 20, 127);
    expect(levels).toEqual([30, 127]);
    expect(track.audioLevel).toBe(127);
  });

  it('says nothing any more once it is closed', () => {
    const { track, packets, write, close } = audioTrack();
    let ended = 0;
    track.onEnded(() => {
      ended += 1;
    });
    close();
    close();
    write(OPUS, 20, 30);
    expect({ ended, live: track.live, packets: packets.length }).toEqual({
      ended: 1,
      live: false,
      packets: 0,
    });
  });

  it('reports every second what its timestamps mean on the clock of the process', async () => {
    const { track, packets, write } = audioTrack();
    const reports: SenderReport[] = [];
    track.onSenderReport((report) => reports.push(report));
    const beforeMs = performance.timeOrigin + performance.now();
    write(OPUS, 20, 30);
    const afterMs = performance.timeOrigin + performance.now();
    await vi.waitFor(() => {
      expect(reports).toHaveLength(1);
    });
    const [report] = reports;
    const [packet] = packets;
    const ticks = ((report?.rtpTimestamp ?? 0) - (packet?.timestamp ?? 0)) | 0;
    const packetMs = (report?.ntpMs ?? 0) - ticks / 48;
    expect(packetMs).toBeGreaterThan(beforeMs - 1);
    expect(packetMs).toBeLessThan(afterMs + 1);
  });

  it('cuts a VP8 frame into packets that a network carries, whole again without their descriptors', () => {
    const local = createLocalVideoTrack(
      { trackId: 'trk_2', streamId: 'bot', kind: 'video' },
      () => undefined,
    );
    opened.push(local);
    const packets = packetsOf(local.track);
    const frame = Uint8Array.from({ length: 3000 }, (_, index) => index & 0xfe);
    local.write(frame);
    expect(packets.every(({ data }) => data.length <= 1200)).toBe(true);
    expect(packets.map(({ marker }) => marker)).toEqual([false, false, true]);
    expect(new Set(packets.map(({ timestamp }) => timestamp)).size).toBe(1);
    expect(Buffer.concat(packets.map(({ payload }) => payload.subarray(1)))).toEqual(Buffer.from(frame));
    expect(local.track.stats.keyFrames).toBe(1);
  });

  it('passes on that somebody needs a key frame', () => {
    const asked = vi.fn();
    const local = createLocalVideoTrack({ trackId: 'trk_2', streamId: 'bot', kind: 'video' }, asked);
    opened.push(local);
    local.track.requestKeyFrame();
    expect(asked).toHaveBeenCalledOnce();
  });
});

describe('the clock of a track that the runtime sends itself', () => {
  it('is gapless while packets follow each other, late or early', () => {
    const clock = new SendingClock(48_000, 1000, 0);
    expect([0, 25, 38, 61].map((ms) => clock.take(ms, 20))).toEqual([1000, 1960, 2920, 3880]);
  });

  it('goes on by what has passed when packets stop and come again', () => {
    const clock = new SendingClock(48_000, 0, 0);
    clock.take(0, 20);
    clock.pause();
    expect(clock.take(3000, 20)).toBe(3000 * 48);
    expect(clock.take(3020, 20)).toBe(3020 * 48);
  });

  it('notices by itself that nothing came for half a second', () => {
    const clock = new SendingClock(48_000, 0, 0);
    clock.take(0, 20);
    expect(clock.take(2000, 20)).toBe(2000 * 48);
  });

  it('never runs backwards when a stretch begins before the last one was over', () => {
    const clock = new SendingClock(48_000, 0, 0);
    clock.take(0, 20);
    clock.take(0, 20);
    clock.pause();
    expect(clock.take(10, 20)).toBe(40 * 48);
  });

  it('wraps as 32 bits do', () => {
    const clock = new SendingClock(48_000, 0xffff_ffff, 0);
    clock.take(0, 20);
    expect(clock.take(20, 20)).toBe(959);
  });
});
