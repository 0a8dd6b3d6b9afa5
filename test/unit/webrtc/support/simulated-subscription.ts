import { vi } from 'vitest';
import { nowMs } from '../../../../runtime/webrtc/index.ts';
import type { SubscribePreference } from '../../../../runtime/webrtc/index.ts';
import { newTrackLayer } from '../../../../runtime/webrtc/incoming-track.ts';
import type { TrackLayer } from '../../../../runtime/webrtc/incoming-track.ts';
import { PublishedTrack } from '../../../../runtime/webrtc/receive/index.ts';
import { noExtensions } from '../../../../runtime/webrtc/rtp/header-extensions.ts';
import { parseRtpPacket } from '../../../../runtime/webrtc/rtp/packet.ts';
import { CongestionControl, Forwarder } from '../../../../runtime/webrtc/send/index.ts';
import { SimulatedPath } from './simulated-path.ts';
import type { PathConditions } from './simulated-path.ts';

const pictureMs = 33;
const soundMs = 20;
const packetBytes = 1100;
const keyFrameFactor = 5;
const reportMs = 50;
const updateMs = 200;
const rtxPayloadType = 97;

/** Whose process stands still: the runtime's, the receiver's, or whatever carries the feedback. */
export type Stalled = 'sender' | 'receiver' | 'feedback';

/** A simulcast publisher, and one subscriber of it behind a simulated path. Everything but the path is real. */
export class SimulatedSubscription {
  readonly congestion: CongestionControl;
  readonly path: SimulatedPath;
  readonly video: Forwarder;
  readonly sound: Forwarder;
  /** Layer of video by second of the call; -1 where nothing came. */
  readonly ranks: number[] = [];
  /** Sequence numbers of video in the order of sending. */
  readonly sentVideo: number[] = [];
  sentSound = 0;
  paddingBytes = 0;
  videoBytes = 0;
  readonly #layers: TrackLayer[];
  readonly #bitrates: readonly number[];
  readonly #videoTrack: PublishedTrack;
  readonly #soundTrack: PublishedTrack;
  readonly #sequences: number[];
  readonly #keyFrameDue: boolean[];
  readonly #soundBytes: number;
  readonly #asksAgain: boolean;
  #soundSequence = 0;
  #elapsedMs = 0;
  #transportSequence = -1;
  /** What a runtime that stands still finds in its socket. */
  #backlog: (() => void)[] | undefined;
  #heldReportsMs = 0;
  readonly #videoNumbers = new Map<number, number>();
  #reports: { dueMs: number; report: ReturnType<SimulatedPath['takeReport']> }[] = [];

  /**
   * Needs fake timers, `performance` with them.
   *
   * @param bitrates of the layers from the lowest up, in bits per second
   */
  constructor(
    conditions: PathConditions,
    bitrates: readonly number[],
    { withRtx = true, withFeedback = true, soundBytes = 80 } = {},
  ) {
    this.path = new SimulatedPath(conditions);
    this.#soundBytes = soundBytes;
    this.#asksAgain = withRtx;
    this.#bitrates = bitrates;
    this.#layers = bitrates.map((bitrate, rank) => ({
      ...newTrackLayer('', rank, 1000 + rank),
      bitrate,
      temporal: [bitrate],
    }));
    this.#sequences = bitrates.map(() => 0);
    this.#keyFrameDue = bitrates.map(() => false);
    this.#videoTrack = new PublishedTrack(
      { trackId: 'video', streamId: 'alice', mid: '0', kind: 'video' },
      { name: 'vp8', clockRate: 90_000, payloadType: 96, fmtp: '' },
      this.#layers,
      noExtensions,
      (ssrc) => {
        this.#keyFrameDue[ssrc - 1000] = true;
      },
    );
    this.#soundTrack = new PublishedTrack(
      { trackId: 'sound', streamId: 'alice', mid: '1', kind: 'audio' },
      { name: 'opus', clockRate: 48_000, payloadType: 111, fmtp: '' },
      [{ ...newTrackLayer('', 0, 2000), bitrate: (soundBytes * 8000) / soundMs }],
      noExtensions,
      () => undefined,
    );
    this.congestion = new CongestionControl({
      roundTripMs: conditions.delayMs * 2,
      sendRtp: (slot, _headerLength, length) => this.#send(slot.bytes, length),
    });
    const extensions = { ...noExtensions, transportCc: withFeedback ? 3 : 0 };
    const stream = (track: PublishedTrack, ssrc: number, rtx: number) =>
      this.congestion.add(
        track,
        (sink) =>
          new Forwarder(
            track,
            {
              ssrc,
              rtxSsrc: ssrc + 1,
              payloadType: track.codec.payloadType,
              rtxPayloadType: rtx,
              extensions,
            },
            sink,
          ),
      );
    this.video = stream(this.#videoTrack, 1, withRtx ? rtxPayloadType : -1);
    this.sound = stream(this.#soundTrack, 11, -1);
    this.video.start();
    this.sound.start();
    this.wish({});
    this.congestion.setWish(this.sound, { layer: undefined, paused: false });
  }

  wish({ layer, paused = false }: SubscribePreference): void {
    this.congestion.setWish(this.video, { layer, paused });
  }

  /** How often the layer changed from one second to the next. */
  get switches(): number {
    return this.ranks.filter((rank, second) => second > 0 && rank !== this.ranks[second - 1]).length;
  }

  run(seconds: number): void {
    for (const endMs = this.#elapsedMs + seconds * 1000; this.#elapsedMs < endMs; this.#elapsedMs++) {
      this.#step();
      vi.advanceTimersByTime(1);
    }
  }

  /** A process stands still for so long, and then finds everything at once. */
  stall(stalled: Stalled, ms: number): void {
    const endMs = nowMs() + ms;
    switch (stalled) {
      case 'sender':
        this.#backlog = [];
        break;
      case 'receiver':
        this.path.holdUntil(endMs);
        break;
      case 'feedback':
        this.#heldReportsMs = endMs;
        break;
    }
    this.run(ms / 1000);
    const backlog = this.#backlog;
    this.#backlog = undefined;
    backlog?.forEach((deliver) => deliver());
  }

  /** Bits per second of video that were sent by the second, lately. */
  videoBps(seconds: number): number {
    const before = this.videoBytes;
    this.run(seconds);
    return ((this.videoBytes - before) * 8) / seconds;
  }

  close(): void {
    this.congestion.close();
    this.#videoTrack.end();
    this.#soundTrack.end();
  }

  #step(): void {
    const elapsed = this.#elapsedMs;
    const now = nowMs();
    if (elapsed % pictureMs === 0) {
      this.#layers.forEach((_, rank) => this.#sendPicture(rank, now));
    }
    if (elapsed % soundMs === 0) {
      this.#deliver(this.#soundTrack, this.#soundSequence++, Buffer.alloc(this.#soundBytes), true, now, 0);
    }
    if (elapsed % reportMs === 0) {
      this.#reports.push({
        dueMs: now + this.path.conditions.delayMs,
        report: this.path.takeReport(now),
      });
    }
    while (
      this.#backlog === undefined &&
      now >= this.#heldReportsMs &&
      (this.#reports[0]?.dueMs ?? Infinity) <= now
    ) {
      for (const { sequence, arrivalMs } of this.#reports.shift()?.report ?? []) {
        this.congestion.onFeedbackPacket(sequence & 0xffff, arrivalMs, now);
        this.#askAgain(sequence, arrivalMs);
      }
      this.congestion.onFeedbackEnd(now);
    }
    if (this.#backlog === undefined && elapsed % updateMs === 0) {
      this.congestion.update(now);
    }
    if (elapsed % 1000 === 999) {
      this.ranks.push(this.video.currentRank);
    }
  }

  #sendPicture(rank: number, now: number): void {
    const isKey = this.#keyFrameDue[rank] === true;
    this.#keyFrameDue[rank] = false;
    let left = (((this.#bitrates[rank] ?? 0) * pictureMs) / 8000) * (isKey ? keyFrameFactor : 1);
    for (let first = true; left > 0; first = false) {
      const payload = Buffer.alloc(Math.max(20, Math.round(Math.min(packetBytes, left))));
      if (first) {
        // RFC 7741: the start of a partition, and of it the frame tag with its start code.
        payload.set(isKey ? [0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a] : [0x10, 0x11]);
      }
      left -= payload.length;
      const sequence = this.#sequences[rank] ?? 0;
      this.#sequences[rank] = sequence + 1;
      this.#deliver(this.#videoTrack, sequence, payload, left <= 0, now, rank);
    }
  }

  #deliver(
    track: PublishedTrack,
    sequence: number,
    payload: Buffer,
    marker: boolean,
    now: number,
    rank: number,
  ): void {
    const layer = track.layers[rank];
    const data = Buffer.alloc(12 + payload.length);
    data[0] = 0x80;
    data[1] = track.codec.payloadType | (marker ? 0x80 : 0);
    data.writeUInt16BE(sequence & 0xffff, 2);
    data.writeUInt32BE(Math.round(now * (track.codec.clockRate / 1000)) % 2 ** 32, 4);
    data.writeUInt32BE(layer?.ssrc ?? 0, 8);
    data.set(payload, 12);
    const packet = parseRtpPacket(data);
    if (packet === undefined || layer === undefined) {
      return;
    }
    if (this.#backlog === undefined) {
      track.deliver(packet, now, layer);
    } else {
      this.#backlog.push(() => track.deliver(packet, nowMs(), layer));
    }
  }

  /** As Chromium does, which asks again for whatever has been overtaken. */
  #askAgain(sequence: number, arrivalMs: number): void {
    const number = this.#videoNumbers.get(sequence);
    this.#videoNumbers.delete(sequence);
    if (arrivalMs < 0 && number !== undefined && this.#asksAgain) {
      this.video.resend(number, this.path.conditions.delayMs * 2);
    }
  }

  #send(bytes: Buffer, length: number): void {
    // The sender numbers in order, and the path takes numbers without wraps.
    this.#transportSequence++;
    this.path.send(this.#transportSequence, length, nowMs());
    const payloadType = (bytes[1] ?? 0) & 0x7f;
    if (payloadType === 96) {
      this.sentVideo.push(bytes.readUInt16BE(2));
      this.videoBytes += length;
      this.#videoNumbers.set(this.#transportSequence, bytes.readUInt16BE(2));
    } else if (payloadType === 111) {
      this.sentSound++;
    } else if (payloadType === rtxPayloadType) {
      this.paddingBytes += length;
    }
  }
}
