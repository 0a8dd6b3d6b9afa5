import { describe, expect, it } from 'vitest';
import { nowMs } from '../../../runtime/webrtc/index.ts';
import { forwarding } from './support/forwarding.ts';

const opus = (id: number) => Uint8Array.from([0x78, id]);

/** One speaker who goes on sending, and one listener. */
function speaker() {
  const { track, deliver, subscribe, keyFrameRequests } = forwarding('opus');
  const { forwarder, sent } = subscribe(false);
  const first = 65_530;
  const talk = (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      deliver({ sequence: first + i, timestamp: 1000 + i * 960, payload: opus(i) }, 0, nowMs() - 500);
    }
  };
  return { track, talk, forwarder, sent, keyFrameRequests };
}

describe('sound that is silenced for a listener', () => {
  it('is left out without a gap in the numbers, with true timestamps', () => {
    const { talk, forwarder, sent } = speaker();
    talk(0, 5);
    forwarder.setSilenced(true);
    talk(5, 50);
    forwarder.setSilenced(false);
    talk(50, 55);
    const start = sent[0]!.packet.sequenceNumber;
    expect(sent.map(({ packet }) => (packet.sequenceNumber - start) & 0xffff)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    expect(sent.map(({ packet }) => (packet.timestamp - 1000) / 960)).toEqual([
      0, 1, 2, 3, 4, 50, 51, 52, 53, 54,
    ]);
    expect(forwarder.stats).toMatchObject({ packets: 10, dropped: 45 });
  });

  it('begins again with a marked packet and needs no key frame', () => {
    const { talk, forwarder, sent, keyFrameRequests } = speaker();
    talk(0, 3);
    forwarder.setSilenced(true);
    talk(3, 6);
    forwarder.setSilenced(false);
    talk(6, 9);
    expect(sent.map(({ packet }) => packet.marker)).toEqual([false, false, false, true, false, false]);
    expect(keyFrameRequests).toEqual([]);
  });

  it('is not sent on request either: a request finds what was sent under the number', () => {
    const { talk, forwarder, sent } = speaker();
    talk(0, 3);
    forwarder.setSilenced(true);
    talk(3, 6);
    forwarder.setSilenced(false);
    talk(6, 9);
    const numbers = sent.map(({ packet }) => packet.sequenceNumber);
    for (const number of numbers) {
      forwarder.resend(number, 20);
    }
    expect(sent.slice(6).map(({ packet }) => packet.sequenceNumber)).toEqual(numbers);
    expect(sent.slice(6).map(({ payload }) => payload[1])).toEqual([0, 1, 2, 6, 7, 8]);
  });

  it('means nothing to pictures, which need a key frame after a pause', () => {
    const { deliver, subscribe } = forwarding('vp8');
    const { forwarder, sent } = subscribe();
    forwarder.setSilenced(true);
    deliver({ sequence: 1, timestamp: 0, payload: Uint8Array.from([0x10, 0x10, 0, 0]) });
    expect(sent).toHaveLength(1);
    expect(forwarder.silenced).toBe(false);
  });
});
