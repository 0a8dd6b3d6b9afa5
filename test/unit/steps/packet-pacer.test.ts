import { describe, expect, it } from 'vitest';
import { PacketPacer } from '../../../runtime/steps/publish/packet-pacer.ts';

const packet = Uint8Array.of(0xf8);

/** What the pacer gives when it is asked every 5 ms, with the time of each. */
function given(pacer: PacketPacer, fromMs: number, toMs: number): string[] {
  const events: string[] = [];
  for (let atMs = fromMs; atMs < toMs; atMs += 5) {
    for (let next = pacer.next(atMs); next !== null; next = pacer.next(atMs)) {
      events.push(next === 'underrun' ? `underrun ${atMs}` : `packet ${atMs}`);
    }
  }
  return events;
}

describe('packets that a client sends into a room', () => {
  it('leave at the pace at which they sound, however they came', () => {
    const pacer = new PacketPacer();
    for (let index = 0; index < 5; index += 1) {
      pacer.push(packet, 20, 0);
    }
    expect(pacer.bufferedMs).toBe(100);
    expect(given(pacer, 0, 100)).toEqual(['packet 0', 'packet 20', 'packet 40', 'packet 60', 'packet 80']);
    expect(pacer.bufferedMs).toBe(0);
  });

  it('are gathered for a moment first, unless there is enough', () => {
    const pacer = new PacketPacer();
    pacer.push(packet, 20, 0);
    pacer.push(packet, 20, 20);
    expect(given(pacer, 20, 100)).toEqual(['packet 60', 'packet 80']);
  });

  it('may be late by a little without a hole', () => {
    const pacer = new PacketPacer();
    for (let index = 0; index < 3; index += 1) {
      pacer.push(packet, 20, 0);
    }
    given(pacer, 0, 85);
    pacer.push(packet, 20, 85);
    expect(given(pacer, 85, 100)).toEqual(['packet 85']);
  });

  it('begin anew, gathered, after a silence that is told once', () => {
    const pacer = new PacketPacer();
    for (let index = 0; index < 3; index += 1) {
      pacer.push(packet, 20, 0);
    }
    expect(given(pacer, 0, 300)).toEqual(['packet 0', 'packet 20', 'packet 40', 'underrun 100']);
    pacer.push(packet, 20, 300);
    expect(given(pacer, 300, 400)).toEqual(['packet 360']);
  });

  it('go on from now where the machine stood still, instead of all at once', () => {
    const pacer = new PacketPacer();
    for (let index = 0; index < 50; index += 1) {
      pacer.push(packet, 20, 0);
    }
    given(pacer, 0, 20);
    expect(given(pacer, 520, 560)).toEqual(['packet 520', 'packet 540']);
  });
});
