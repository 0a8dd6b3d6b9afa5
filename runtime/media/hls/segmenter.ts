import type { EncodedFrame } from '../frame.ts';
import { AAC_FRAME_MS, readH264KeyFrame } from '../bitstream/index.ts';
import { createFragment, type AudioSample, type VideoSample } from './fragment.ts';
import {
  AUDIO_TIMESCALE,
  VIDEO_TIMESCALE,
  codecsOf,
  createInitSegment,
  type VideoConfiguration,
} from './init-segment.ts';

/** One part on the session clock. */
export type SegmenterPart = {
  bytes: Buffer;
  startMs: number;
  durationMs: number;
  /** Decoding can start with its first picture. */
  independent: boolean;
};

/** What becomes of the frames, in order: an initialization segment, parts, the end of a segment, parts … */
export type SegmenterOutput = {
  /** The parts from here on belong to this initialization segment. */
  init(segment: { bytes: Buffer; codecs: string; width: number | null; height: number | null }): void;
  part(part: SegmenterPart): void;
  /** The parts since the last end make up a whole segment. */
  segmentEnd(): void;
};

export type SegmenterOptions = {
  /** Whether pictures come; sound always does. */
  hasVideo: boolean;
  partTargetMs: number;
  segmentTargetMs: number;
  /** The first segment may be shorter, so that viewers can start sooner. */
  firstSegmentMs: number;
  requestKeyFrame(): void;
  output: SegmenterOutput;
};

/** A segment is ended without a key frame before it would round up to more than its target. */
const LONGEST_SEGMENT_EXCESS_MS = 450;
/** A part waits for its sound so long, counted in pictures that came meanwhile. */
const MOST_WAIT_FOR_AUDIO_MS = 100;
/** Five seconds of sound. */
const MOST_HELD_AUDIO = 256;
/** A mark later than the expected time by less than this is on time; clocks of frames are rounded. */
const TOLERANCE_MS = 2;
const DEFAULT_PICTURE_TICKS = VIDEO_TIMESCALE / 30;

const videoTicks = (ms: number): number => Math.round((ms * VIDEO_TIMESCALE) / 1000);
const audioTicks = (ms: number): number => Math.round((ms * AUDIO_TIMESCALE) / 1000);

/** A part whose pictures are complete and whose sound may still be on its way. */
type ClosedPart = { video: VideoSample[]; startMs: number; endMs: number; independent: boolean };
type Pending =
  | { type: 'init'; video: VideoConfiguration | null }
  | ({ type: 'part' } & ClosedPart)
  | { type: 'segment-end' };

/**
 * Cuts encoded frames into parts and segments (RFC 8216bis §3, §6.2.1). Parts are as long as their target; segments begin with a key frame as soon as they have their length, asking for one when it does
 * not come. A part is told in the moment its last picture is there, without waiting for the next one: its length is
 * that of the picture before it. Pure: it holds frames and makes bytes, and knows neither files nor the time.
 */
export class HlsSegmenter {
  readonly #options: SegmenterOptions;
  #configuration: VideoConfiguration | null = null;
  /** Nothing can be decoded before the next key frame. */
  #waitsForKey = true;
  /** The next frame begins a new initialization segment. */
  #startsAnew = true;
  #pictures: VideoSample[] = [];
  #pictureTicks = DEFAULT_PICTURE_TICKS;
  #lastPictureTicks = 0;
  #partStartMs = 0;
  #partEndMs = 0;
  #segmentStartMs: number | null = null;
  #isFirstSegment = true;
  #keyFrameRequested = false;
  readonly #audio: AudioSample[] = [];
  #audioEndMs = Number.NEGATIVE_INFINITY;
  readonly #pending: Pending[] = [];
  #fragments = 0;

  constructor(options: SegmenterOptions) {
    this.#options = options;
  }

  /** Takes a frame; frames of a kind come in order. */
  write(frame: EncodedFrame): void {
    if (frame.kind === 'audio') {
      this.#writeAudio(frame);
    } else if (this.#options.hasVideo) {
      this.#writeVideo(frame);
    }
  }

  /** There is a hole in the stream: what follows is a new beginning, from the next key frame on. */
  interrupt(): void {
    this.#endSegment();
    this.#drain(true);
    this.#waitsForKey = true;
    this.#startsAnew = true;
    if (this.#options.hasVideo) {
      this.#options.requestKeyFrame();
    }
  }

  /** Hands out everything that is held. */
  finish(): void {
    this.#endSegment();
    this.#drain(true);
  }

  #writeVideo(frame: EncodedFrame): void {
    if (this.#waitsForKey && !frame.key) {
      return;
    }
    const ticks = videoTicks(frame.timestampMs);
    this.#measurePicture(ticks);
    if (frame.key && !this.#configure(frame)) {
      return;
    }
    this.#waitsForKey = false;
    const startMs = frame.timestampMs;
    if (this.#segmentStartMs !== null && this.#segmentIsOver(startMs, frame.key)) {
      this.#endSegment(startMs);
    } else if (this.#pictures.length > 0 && startMs >= this.#partEndMs - TOLERANCE_MS) {
      this.#closePart(this.#partEndMs);
    }
    if (this.#pictures.length === 0) {
      this.#beginPart(startMs);
    }
    this.#pictures.push({ data: frame.data, key: frame.key, ticks, durationTicks: this.#pictureTicks });
    // The next picture would begin in the next part, or so near to it that it may as well.
    if (startMs + 1.5 * this.#pictureMs >= this.#partEndMs) {
      this.#closePart(this.#partEndMs);
    }
    this.#drain(false);
  }

  get #pictureMs(): number {
    return (this.#pictureTicks * 1000) / VIDEO_TIMESCALE;
  }

  /** The picture before is as long as it took until this one; so will this one be, as far as is known. */
  #measurePicture(ticks: number): void {
    const passed = ticks - this.#lastPictureTicks;
    if (this.#lastPictureTicks > 0 && passed > 0 && passed <= videoTicks(this.#options.partTargetMs)) {
      this.#pictureTicks = passed;
      const last = this.#pictures.at(-1);
      if (last) {
        last.durationTicks = passed;
      }
    }
    this.#lastPictureTicks = ticks;
  }

  /**
   * Parts of a segment lie at even distances from its beginning, whatever the rhythm of the pictures: cameras are not
   * exact, and a part is to be neither longer than its target nor much shorter (RFC 8216bis §4.4.4.9).
   */
  #beginPart(startMs: number): void {
    const { partTargetMs } = this.#options;
    if (this.#segmentStartMs === null) {
      this.#beginSegment(startMs);
      this.#partStartMs = startMs;
    } else {
      const missing = Math.floor((startMs - this.#partEndMs + TOLERANCE_MS) / partTargetMs);
      this.#partStartMs = this.#partEndMs + Math.max(0, missing) * partTargetMs;
    }
    this.#partEndMs = this.#partStartMs + partTargetMs;
  }

  /** Whether a new segment begins with a frame at `startMs`; asks for a key frame where one is due. */
  #segmentIsOver(startMs: number, key: boolean): boolean {
    const { segmentTargetMs, firstSegmentMs } = this.#options;
    const lengthMs = startMs - (this.#segmentStartMs ?? startMs);
    const targetMs = this.#isFirstSegment ? firstSegmentMs : segmentTargetMs;
    if (lengthMs < targetMs - this.#pictureMs / 2) {
      return false;
    }
    if (key || lengthMs > segmentTargetMs + LONGEST_SEGMENT_EXCESS_MS) {
      return true;
    }
    if (!this.#keyFrameRequested) {
      this.#keyFrameRequested = true;
      this.#options.requestKeyFrame();
    }
    return false;
  }

  /** Takes note of a key frame's parameter sets; false when it has none to begin with. */
  #configure(frame: EncodedFrame): boolean {
    const read = readH264KeyFrame(frame.data);
    if (!read) {
      return this.#configuration !== null && !this.#startsAnew;
    }
    const known = this.#configuration;
    if (known && !this.#startsAnew && sameBytes(known.sps, read.sps) && sameBytes(known.pps, read.pps)) {
      return true;
    }
    this.#configuration = { ...read, sps: read.sps.slice(), pps: read.pps.slice() };
    this.#endSegment(frame.timestampMs);
    this.#drain(true);
    this.#startsAnew = false;
    // Sound from before the first picture would make the stream begin without one.
    this.#takeAudioBefore(audioTicks(frame.timestampMs - AAC_FRAME_MS / 2));
    this.#pending.push({ type: 'init', video: this.#configuration });
    return true;
  }

  #beginSegment(startMs: number): void {
    this.#segmentStartMs = startMs;
    this.#keyFrameRequested = false;
  }

  #closePart(endMs: number): void {
    this.#pending.push({
      type: 'part',
      video: this.#pictures,
      startMs: this.#partStartMs,
      endMs,
      independent: this.#pictures[0]?.key ?? true,
    });
    this.#pictures = [];
  }

  /** @param nextMs when the next segment begins; without it, this one lasts as long as its pictures */
  #endSegment(nextMs = Number.POSITIVE_INFINITY): void {
    const last = this.#pictures.at(-1);
    if (last) {
      const lastMs = ((last.ticks + last.durationTicks) * 1000) / VIDEO_TIMESCALE;
      const endMs = Math.min(nextMs, lastMs, this.#partEndMs);
      this.#closePart(Math.max(endMs, this.#partStartMs + this.#pictureMs));
    }
    if (!this.#options.hasVideo && this.#audio.length > 0 && this.#segmentStartMs !== null) {
      this.#closeAudioPart();
    }
    if (this.#segmentStartMs !== null) {
      this.#pending.push({ type: 'segment-end' });
      this.#segmentStartMs = null;
      this.#isFirstSegment = false;
    }
  }

  #writeAudio(frame: EncodedFrame): void {
    const ticks = audioTicks(frame.timestampMs);
    if (!this.#options.hasVideo) {
      this.#beginAudio(frame.timestampMs);
    }
    this.#audio.push({ data: frame.data, ticks });
    this.#audioEndMs = frame.timestampMs + AAC_FRAME_MS;
    if (this.#audio.length > MOST_HELD_AUDIO) {
      // Pictures do not come: sound cannot wait for them for ever.
      this.#audio.shift();
    }
    if (!this.#options.hasVideo) {
      this.#cutAudio();
    }
    this.#drain(false);
  }

  /** Sound alone: every frame is a key frame, and parts lie on frames of sound. */
  #beginAudio(startMs: number): void {
    if (this.#startsAnew) {
      this.#startsAnew = false;
      this.#pending.push({ type: 'init', video: null });
    }
    if (this.#audio.length === 0) {
      this.#partStartMs = startMs;
    }
    if (this.#segmentStartMs === null) {
      this.#beginSegment(startMs);
    }
  }

  #cutAudio(): void {
    const { partTargetMs, segmentTargetMs, firstSegmentMs } = this.#options;
    if (this.#audioEndMs + AAC_FRAME_MS - this.#partStartMs <= partTargetMs) {
      return;
    }
    const partMs = this.#audioEndMs - this.#partStartMs;
    this.#closeAudioPart();
    const lengthMs = this.#audioEndMs - (this.#segmentStartMs ?? 0);
    if (lengthMs + partMs > (this.#isFirstSegment ? firstSegmentMs : segmentTargetMs) + TOLERANCE_MS) {
      this.#endSegment();
    }
  }

  #closeAudioPart(): void {
    this.#pending.push({
      type: 'part',
      video: [],
      startMs: this.#partStartMs,
      endMs: this.#audioEndMs,
      independent: true,
    });
    // The next part's own frames come behind these.
    this.#drain(true);
  }

  /** Hands on what is complete, in order; with `all`, also a part whose sound has not come. */
  #drain(all: boolean): void {
    for (let head = this.#pending[0]; head !== undefined; head = this.#pending[0]) {
      if (head.type === 'part' && !all && !this.#hasItsAudio(head)) {
        return;
      }
      this.#pending.shift();
      if (head.type === 'part') {
        this.#tellPart(head);
      } else if (head.type === 'segment-end') {
        this.#options.output.segmentEnd();
      } else {
        const { video } = head;
        this.#options.output.init({
          bytes: createInitSegment(video),
          codecs: codecsOf(video),
          width: video?.width ?? null,
          height: video?.height ?? null,
        });
      }
    }
  }

  #hasItsAudio(part: ClosedPart): boolean {
    const pictureMs = (this.#lastPictureTicks * 1000) / VIDEO_TIMESCALE;
    return (
      this.#audioEndMs >= part.endMs - AAC_FRAME_MS / 2 || pictureMs - part.endMs >= MOST_WAIT_FOR_AUDIO_MS
    );
  }

  #tellPart(part: ClosedPart): void {
    const sound = this.#takeAudioBefore(audioTicks(part.endMs - AAC_FRAME_MS / 2));
    this.#fragments += 1;
    this.#options.output.part({
      bytes: createFragment(this.#fragments, part.video, sound),
      startMs: part.startMs,
      durationMs: part.endMs - part.startMs,
      independent: part.independent,
    });
  }

  /** Takes sound that begins before a time off the queue. */
  #takeAudioBefore(endTicks: number): AudioSample[] {
    const count = this.#audio.findIndex(({ ticks }) => ticks >= endTicks);
    return this.#audio.splice(0, count === -1 ? this.#audio.length : count);
  }
}

const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;
