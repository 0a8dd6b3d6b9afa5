import type { ReportBlock } from '../rtcp/reader.ts';
import { SequenceUnwrapper } from '../sequence.ts';

/** Reception statistics of one SSRC, for receiver reports (RFC 3550 section 6.4 and appendix A). */
export class ReceptionStatistics {
  readonly #clockRate: number;
  readonly #unwrapper = new SequenceUnwrapper();
  #base: number | undefined;
  #received = 0;
  #expectedPrior = 0;
  #receivedPrior = 0;
  #jitter = 0;
  #lastTransit: number | undefined;
  #lastSenderReport = 0;
  #lastSenderReportAtMs = 0;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  get packets(): number {
    return this.#received;
  }

  get lost(): number {
    return Math.max(0, this.#expected() - this.#received);
  }

  onPacket(sequenceNumber: number, rtpTimestamp: number, arrivalMs: number): void {
    const extended = this.#unwrapper.unwrap(sequenceNumber);
    if (this.#base === undefined || extended < this.#base) {
      this.#base = extended;
    }
    this.#received++;
    const arrival = ((arrivalMs / 1000) * this.#clockRate) % 2 ** 32;
    const transit = arrival - rtpTimestamp;
    if (this.#lastTransit !== undefined) {
      let difference = Math.abs(transit - this.#lastTransit);
      if (difference > 2 ** 31) {
        difference = 2 ** 32 - difference;
      }
      this.#jitter += (difference - this.#jitter) / 16;
    }
    this.#lastTransit = transit;
  }

  /** A retransmission that filled a gap: no longer lost, but no measure of jitter. */
  onRecovered(): void {
    this.#received++;
  }

  onSenderReport(ntpMiddle: number, arrivalMs: number): void {
    this.#lastSenderReport = ntpMiddle;
    this.#lastSenderReportAtMs = arrivalMs;
  }

  /** The block for the next report; starts a new interval of `fractionLost`. */
  takeReportBlock(ssrc: number, nowMs: number): ReportBlock {
    const expected = this.#expected();
    const expectedInterval = expected - this.#expectedPrior;
    const lostInterval = expectedInterval - (this.#received - this.#receivedPrior);
    this.#expectedPrior = expected;
    this.#receivedPrior = this.#received;
    const delayMs = this.#lastSenderReport === 0 ? 0 : nowMs - this.#lastSenderReportAtMs;
    return {
      ssrc,
      fractionLost:
        expectedInterval <= 0 || lostInterval <= 0
          ? 0
          : Math.min(255, Math.floor((lostInterval * 256) / expectedInterval)),
      cumulativeLost: expected - this.#received,
      extendedHighestSequence: (this.#unwrapper.highest ?? 0) >>> 0,
      jitter: Math.round(this.#jitter),
      lastSenderReport: this.#lastSenderReport,
      delaySinceLastSenderReport: Math.min(0xffffffff, Math.round((delayMs / 1000) * 65536)),
    };
  }

  #expected(): number {
    return this.#base === undefined ? 0 : (this.#unwrapper.highest ?? 0) - this.#base + 1;
  }
}
