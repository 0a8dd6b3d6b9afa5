import { describe, expect, it } from 'vitest';
import { nowMs } from '../../../runtime/webrtc/index.ts';
import { Pacer } from '../../../runtime/webrtc/send/index.ts';
import type { PacketSink } from '../../../runtime/webrtc/send/index.ts';
import { seededRandom } from '../../support/relay/seeded-random.ts';
import { forwarding } from './support/forwarding.ts';
import { LayeredCamera } from './support/layered-camera.ts';
import type { CameraPacket } from './support/layered-camera.ts';

const pictures = 10_000;

/**
 * A camera whose packets come late or never, a path that is too narrow half of the time, so that what waits for it is
 * dropped, and a subscriber who asks for anything again, whether it was sent or not.
 */
function run(seed: number, withRtx: boolean) {
  const random = seededRandom(seed);
  const { deliver, subscribe, keyFrameRequests } = forwarding('vp8');
  const clock = { nowMs: 1000 };
  let output: PacketSink | undefined;
  const pacer = new Pacer(
    { send: (packet, header, from, to) => output?.send(packet, header, from, to) ?? 0 },
    () => clock.nowMs,
    () => undefined,
  );
  const { forwarder, sent } = subscribe(withRtx, {
    through: (sink) => {
      output = sink;
      return pacer.lane(false, (sequence) => forwarder.skipToKeyFrame(sequence));
    },
  });
  const camera = new LayeredCamera(0, random);
  const late: CameraPacket[] = [];
  const epochMs = nowMs() - 10_000_000;
  const arrive = (packet: CameraPacket) => deliver(packet, 0, epochMs + clock.nowMs);
  for (let i = 0; i < pictures; i++) {
    if (i % 60 === 0) {
      pacer.setEstimate(random() < 0.5 ? 4000 : 200_000);
    }
    const isKey = keyFrameRequests.length > 0;
    keyFrameRequests.length = 0;
    for (const packet of camera.picture(isKey).packets) {
      if (random() < 0.05) {
        late.push(packet);
      } else {
        arrive(packet);
      }
    }
    while (late.length > 0 && random() < 0.1) {
      late.splice(Math.floor(random() * late.length), 1).forEach(arrive);
    }
    const newest = sent.at(-1);
    if (newest !== undefined && random() < 0.3) {
      const near = newest.repeats ?? newest.packet.sequenceNumber;
      forwarder.resend((near + 20 - Math.floor(random() * 60)) & 0xffff, 0);
    }
    clock.nowMs += 33;
    pacer.flush(clock.nowMs);
  }
  return { sent, pacer };
}

describe.each([1, 2, 3, 4, 5])('what is sent after pictures were dropped (seed %i)', (seed) => {
  it.each([true, false])('never has a number that was used for another packet (RTX: %s)', (withRtx) => {
    const { sent, pacer } = run(seed, withRtx);
    expect(pacer.stats.drops).toBeGreaterThan(20);
    expect(sent.filter(({ repeats }) => repeats !== undefined).length > 100).toBe(withRtx);
    const payloads = new Map<number, Buffer>();
    const usedTwice = sent.filter(({ packet, repeats, payload }) => {
      const sequence = repeats ?? packet.sequenceNumber;
      const before = payloads.get(sequence);
      payloads.set(sequence, payload);
      return before !== undefined && !before.equals(payload);
    });
    expect(sent.length).toBeLessThan(65_536);
    expect(usedTwice).toEqual([]);
  });
});
