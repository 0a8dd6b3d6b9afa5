import { describe, expect, it } from 'vitest';
import { forwarding } from './support/forwarding.ts';

const ntpMs = Date.UTC(2026, 0, 1);

/** A speaker whose clock is known, heard by one listener. */
function speaker() {
  const { track, layers, deliver, subscribe } = forwarding('opus');
  const { forwarder } = subscribe();
  let sequence = 0;
  return {
    forwarder,
    talk() {
      deliver({ sequence, timestamp: sequence * 960, payload: Uint8Array.of(0x78, 1) }, 0, 1000);
      sequence++;
    },
    reportClock() {
      track.deliverSenderReport({ ntpMs, rtpTimestamp: 0, ssrc: 1000, layer: layers[0]! }, 1000);
    },
  };
}

describe('what a subscriber is told of the clock of a track', () => {
  it('is told at once for the first time, and then with what is told of all others', () => {
    const { forwarder, talk, reportClock } = speaker();
    talk();
    reportClock();
    expect(forwarder.takeSenderReport(1020, false)).toBeInstanceOf(Buffer);
    talk();
    expect(forwarder.takeSenderReport(1040, false)).toBeUndefined();
    expect(forwarder.takeSenderReport(1060, true)).toBeInstanceOf(Buffer);
  });

  it('is not told before there is something to play, nor before the clock is known', () => {
    const { forwarder, talk, reportClock } = speaker();
    reportClock();
    expect(forwarder.takeSenderReport(1020, true)).toBeUndefined();
    const other = speaker();
    other.talk();
    expect(other.forwarder.takeSenderReport(1020, true)).toBeUndefined();
    talk();
    expect(forwarder.takeSenderReport(1040, true)).toBeInstanceOf(Buffer);
  });

  it('is not told of sound that is held back', () => {
    const { forwarder, talk, reportClock } = speaker();
    talk();
    reportClock();
    forwarder.track.setForwarded(false);
    expect(forwarder.takeSenderReport(1020, true)).toBeUndefined();
    forwarder.track.setForwarded(true);
    talk();
    expect(forwarder.takeSenderReport(1040, true)).toBeInstanceOf(Buffer);
  });

  it('tells the time that has passed on both clocks', () => {
    const { forwarder, talk, reportClock } = speaker();
    talk();
    reportClock();
    const report = forwarder.takeSenderReport(1500, true)!;
    // Half a second, in ticks of 48 kHz (RFC 3550 section 6.4.1).
    expect(report.readUInt32BE(16)).toBe(24_000);
  });
});
