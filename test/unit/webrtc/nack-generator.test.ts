import { describe, expect, it } from 'vitest';
import { NackGenerator } from '../../../runtime/webrtc/receive/index.ts';
import { readRtcp } from '../../../runtime/webrtc/rtcp/reader.ts';
import type { RtcpHandler } from '../../../runtime/webrtc/rtcp/reader.ts';
import { writeNack } from '../../../runtime/webrtc/rtcp/writer.ts';

const silent: RtcpHandler = {
  senderReport: () => undefined,
  reportBlock: () => undefined,
  nack: () => undefined,
  keyFrameRequest: () => undefined,
  maxBitrate: () => undefined,
  transportFeedback: () => undefined,
};

function requested(packet: Buffer): number[] {
  const asked: number[] = [];
  expect(readRtcp(packet, { ...silent, nack: (_, sequence) => asked.push(sequence) })).toBe(true);
  return asked;
}

/** Feeds sequence numbers `from` to `to`, which may pass 65535, except the lost ones. */
function receive(nack: NackGenerator, from: number, to: number, lost: (n: number) => boolean): void {
  for (let n = from; n <= to; n++) {
    if (!lost(n)) {
      nack.onPacket(n & 0xffff, 0);
    }
  }
}

describe('negative acknowledgement', () => {
  it('goes on after packet 65535 was lost', () => {
    const nack = new NackGenerator();
    receive(nack, 65_500, 65_545, (n) => n === 65_535 || n === 65_540);
    expect(nack.takeDue(1, 50)).toEqual([65_535, 4]);
  });

  it('asks for every packet of a gap across the wrap, in sending order', () => {
    const nack = new NackGenerator();
    receive(nack, 65_500, 65_545, (n) => n >= 65_530 && n <= 65_540);
    expect(nack.takeDue(1, 50)).toEqual([65_530, 65_531, 65_532, 65_533, 65_534, 65_535, 0, 1, 2, 3, 4]);
  });

  it('finds each loss of a whole cycle after a loss at the wrap', () => {
    const nack = new NackGenerator();
    const lost = (n: number) => n === 65_535 || n % 50 === 0;
    nack.onPacket(65_001, 0);
    let asked = 0;
    for (let n = 65_002; n < 65_001 + 65_536; n++) {
      if (!lost(n)) {
        nack.onPacket(n & 0xffff, n);
      }
      for (const sequence of nack.takeDue(n, 50)) {
        asked++;
        nack.onPacket(sequence, n);
      }
    }
    const expected = Array.from({ length: 65_535 }, (_, i) => 65_002 + i).filter(lost).length;
    expect(asked).toBeGreaterThanOrEqual(expected - 1);
    expect(nack.missingCount).toBeLessThanOrEqual(1);
  });

  it('orders 9 before 10', () => {
    const nack = new NackGenerator();
    receive(nack, 5, 105, (n) => [9, 10, 99, 100].includes(n));
    const due = nack.takeDue(1, 50);
    expect(due).toEqual([9, 10, 99, 100]);
    expect(requested(writeNack(1, 2, due))).toEqual(due);
  });

  it('packs numbers across the wrap into one request that reads back the same', () => {
    const numbers = [65_520, 65_534, 65_535, 0, 1, 15, 300];
    expect(requested(writeNack(1, 2, numbers))).toEqual(numbers);
  });

  it('does not ask for what has come in the meantime', () => {
    const nack = new NackGenerator();
    receive(nack, 1, 10, (n) => n === 5);
    nack.onPacket(5, 0);
    expect(nack.takeDue(1, 50)).toEqual([]);
  });

  it('asks again after a round trip, and gives up within a second', () => {
    const nack = new NackGenerator();
    receive(nack, 1, 10, (n) => n === 5);
    expect(nack.takeDue(0, 100)).toEqual([5]);
    expect(nack.takeDue(60, 100)).toEqual([]);
    expect(nack.takeDue(130, 100)).toEqual([5]);
    expect(nack.takeDue(1100, 100)).toEqual([]);
    expect(nack.missingCount).toBe(0);
    expect(nack.takeOverflow()).toBe(true);
  });

  it('wants a key frame instead of retransmissions when hundreds of packets are lost at once', () => {
    const nack = new NackGenerator();
    receive(nack, 1, 3000, (n) => n > 10 && n < 2000);
    expect(nack.takeDue(1, 50)).toEqual([]);
    expect(nack.takeOverflow()).toBe(true);
    expect(nack.takeOverflow()).toBe(false);
  });
});
