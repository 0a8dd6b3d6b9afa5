/** A sender report's pair of times (RFC 3550 §6.4.1). */
export type SenderReport = {
  /** The sender's wall clock in milliseconds (its NTP timestamp; the epoch does not matter). */
  ntpMs: number;
  /** The RTP timestamp of the same moment. */
  rtpTimestamp: number;
};

/** Places one RTP stream's timestamps on the session clock. */
export type TrackClock = {
  /** Takes note of an arrived packet. A changed `ssrc` means a new timestamp sequence. */
  observe(rtpTimestamp: number, ssrc: number, arrivalMs: number): void;
  senderReport(report: SenderReport, arrivalMs: number): void;
  /** Session time of an RTP timestamp, in milliseconds; for packets already observed. */
  sessionMs(rtpTimestamp: number): number;
};

/**
 * The clock of one sender (participant). Its tracks share one mapping from the sender's wall clock to the session
 * clock, so they stay in lip sync; until a track's first sender report its arrival times stand in.
 *
 * Corrections are slewed, never stepped, so time never runs backwards. Time is whatever `arrivalMs` says: the
 * session clock's reading when a packet arrives.
 */
export type SenderClock = {
  /** Adds a track with its RTP clock rate in Hz. */
  track(options: { clockRate: number }): TrackClock;
};

/** Length of the windows over which the fastest packet is looked for. */
const WINDOW_MS = 5000;
/** A sender report this far from the line of those before it is an outlier, unless the next ones agree with it. */
const REPORT_OUTLIER_MS = 500;
const AGREEING_REPORTS = 3;
/** Share of a sender report's deviation that is believed: reports are only as exact as the sender's bookkeeping. */
const REPORT_GAIN = 0.25;
/** Tracks whose wall clocks disagree by more than any delay explains do not share one. */
const SHARED_CLOCK_LIMIT_MS = 1500;
/** A packet captured this long after it arrived, or this long before, belongs to a new timestamp sequence. */
const AHEAD_LIMIT_MS = 1000;
const BEHIND_LIMIT_MS = 5000;
/** Slewing: errors shrink with this time constant, within these bounds (ms of correction per ms). */
const SLEW_TIME_MS = 500;
const MIN_SLEW = 0.005;
const MAX_SLEW = 0.1;

/** The smallest value of the last one to two windows. */
class WindowedMinimum {
  #start = Number.NaN;
  #current = Infinity;
  #previous = Infinity;

  observe(value: number, atMs: number): void {
    if (Number.isNaN(this.#start)) this.#start = atMs;
    if (atMs - this.#start >= WINDOW_MS) {
      // After a silence of several windows the old minimum is stale, but a single new sample is not better yet.
      this.#previous = this.#current;
      this.#current = Infinity;
      this.#start = atMs;
    }
    if (value < this.#current) this.#current = value;
  }

  get value(): number {
    return Math.min(this.#current, this.#previous);
  }

  shift(by: number): void {
    this.#current += by;
    this.#previous += by;
  }

  reset(): void {
    this.#start = Number.NaN;
    this.#current = Infinity;
    this.#previous = Infinity;
  }
}

export const createSenderClock = (): SenderClock => new SharedSenderClock();

class SharedSenderClock implements SenderClock {
  /** Session time minus the sender's wall clock, by the packets that travelled fastest. */
  readonly offset = new WindowedMinimum();
  readonly #tracks: RtpTrackClock[] = [];

  track({ clockRate }: { clockRate: number }): TrackClock {
    const track = new RtpTrackClock(this, clockRate);
    this.#tracks.push(track);
    return track;
  }

  /** The sender set its wall clock: all its tracks see the same step. */
  step(byMs: number): void {
    this.offset.shift(-byMs);
    for (const track of this.#tracks) track.stepWallClock(byMs);
  }
}

class RtpTrackClock implements TrackClock {
  readonly #shared: SharedSenderClock;
  readonly #msPerTick: number;
  #ssrc: number | undefined;
  #lastTimestamp = 0;
  /** `#lastTimestamp` without wraps, in milliseconds of the stream's own time. */
  #lastMs = 0;
  #started = false;
  /** Session time minus stream time in use, and the filter for it while there is no report. */
  #offset = Number.NaN;
  readonly #arrivalOffset = new WindowedMinimum();
  #slewedAtMs = 0;
  /** Wall clock minus stream time, by the sender reports. */
  #wallOffset = Number.NaN;
  #wallAtMs = 0;
  #suspectMs = 0;
  #suspects = 0;
  #highestMs = -Infinity;
  #floorMs = -Infinity;

  constructor(shared: SharedSenderClock, clockRate: number) {
    this.#shared = shared;
    this.#msPerTick = 1000 / clockRate;
  }

  observe(rtpTimestamp: number, ssrc: number, arrivalMs: number): void {
    if (ssrc !== this.#ssrc) {
      if (this.#ssrc !== undefined) this.#restart(rtpTimestamp);
      this.#ssrc = ssrc;
    }
    let streamMs = this.#advance(rtpTimestamp);
    if (!Number.isNaN(this.#offset)) {
      const aheadMs = streamMs + this.#offset - arrivalMs;
      if (aheadMs > AHEAD_LIMIT_MS || aheadMs < -BEHIND_LIMIT_MS) {
        this.#restart(rtpTimestamp);
        streamMs = this.#advance(rtpTimestamp);
      }
    }
    this.#arrivalOffset.observe(arrivalMs - streamMs, arrivalMs);
    if (!Number.isNaN(this.#wallOffset)) {
      this.#shared.offset.observe(arrivalMs - streamMs - this.#wallOffset, arrivalMs);
    }
    this.#slew(arrivalMs);
    const sessionMs = streamMs + this.#offset;
    if (sessionMs > this.#highestMs) this.#highestMs = sessionMs;
  }

  senderReport(report: SenderReport, arrivalMs: number): void {
    const streamMs = this.#started
      ? this.#toStreamMs(report.rtpTimestamp)
      : this.#advance(report.rtpTimestamp);
    const wallOffset = report.ntpMs - streamMs;
    if (Number.isNaN(this.#wallOffset)) {
      this.#adopt(wallOffset, streamMs);
      return;
    }
    const deviationMs = wallOffset - this.#wallOffset;
    if (Math.abs(deviationMs) > REPORT_OUTLIER_MS) {
      this.#suspects = Math.abs(deviationMs - this.#suspectMs) < REPORT_OUTLIER_MS ? this.#suspects + 1 : 1;
      this.#suspectMs = deviationMs;
      if (this.#suspects >= AGREEING_REPORTS) {
        this.#suspects = 0;
        this.#shared.step(deviationMs);
      }
      return;
    }
    this.#suspects = 0;
    if (streamMs < this.#wallAtMs) return;
    this.#wallOffset += deviationMs * REPORT_GAIN;
    this.#wallAtMs = streamMs;
    this.#slew(arrivalMs);
  }

  sessionMs(rtpTimestamp: number): number {
    return Math.max(this.#floorMs, this.#toStreamMs(rtpTimestamp) + this.#offset);
  }

  stepWallClock(byMs: number): void {
    this.#wallOffset += byMs;
  }

  #adopt(wallOffset: number, streamMs: number): void {
    const shared = this.#shared.offset.value;
    const own = this.#arrivalOffset.value - wallOffset;
    if (Number.isFinite(shared) && Number.isFinite(own) && Math.abs(own - shared) > SHARED_CLOCK_LIMIT_MS)
      return;
    this.#wallOffset = wallOffset;
    this.#wallAtMs = streamMs;
    // What arrived before the report counts too, else one late packet would set the sender's clock.
    if (Number.isFinite(own)) this.#shared.offset.observe(own, this.#slewedAtMs);
  }

  #slew(nowMs: number): void {
    const target =
      Number.isNaN(this.#wallOffset) || !Number.isFinite(this.#shared.offset.value)
        ? this.#arrivalOffset.value
        : this.#wallOffset + this.#shared.offset.value;
    if (!Number.isFinite(target)) return;
    if (Number.isNaN(this.#offset)) {
      this.#offset = target;
    } else {
      const error = target - this.#offset;
      const rate = Math.min(MAX_SLEW, Math.max(MIN_SLEW, Math.abs(error) / SLEW_TIME_MS));
      const limit = rate * Math.max(0, nowMs - this.#slewedAtMs);
      this.#offset += Math.max(-limit, Math.min(limit, error));
    }
    this.#slewedAtMs = nowMs;
  }

  /** Begins a new timestamp sequence where the old one left off. */
  #restart(rtpTimestamp: number): void {
    this.#started = false;
    this.#offset = Number.NaN;
    this.#wallOffset = Number.NaN;
    this.#suspects = 0;
    this.#arrivalOffset.reset();
    this.#floorMs = this.#highestMs;
    this.#lastTimestamp = rtpTimestamp;
  }

  #advance(rtpTimestamp: number): number {
    if (!this.#started) {
      this.#started = true;
      this.#lastTimestamp = rtpTimestamp;
      this.#lastMs = 0;
      return 0;
    }
    const streamMs = this.#toStreamMs(rtpTimestamp);
    if (streamMs > this.#lastMs) {
      this.#lastMs = streamMs;
      this.#lastTimestamp = rtpTimestamp;
    }
    return streamMs;
  }

  /** Stream time of a timestamp within half a wrap (RFC 3550: 32 bits) of the newest one. */
  #toStreamMs(rtpTimestamp: number): number {
    return this.#lastMs + ((rtpTimestamp - this.#lastTimestamp) | 0) * this.#msPerTick;
  }
}
