import { randomInt } from 'node:crypto';
import type { TrackKind } from '../../contract/index.ts';
import { nowMs } from '../clock.ts';
import { newTrackLayer } from '../incoming-track.ts';
import type { IncomingTrack, TrackLayer } from '../incoming-track.ts';
import { PublishedTrack } from '../receive/index.ts';
import { noExtensions } from '../rtp/header-extensions.ts';
import { offeredPayloadTypes } from '../sdp/codecs.ts';
import { onWatchTick } from '../ticker.ts';
import { AUDIO_LEVEL_ID, RtpWriter } from './rtp-writer.ts';
import { SendingClock } from './sending-clock.ts';
import { vp8Payloads } from './vp8-payloads.ts';

const REPORT_INTERVAL_MS = 1000;
const BITRATE_WINDOW_MS = 1000;

/** A track that the runtime itself sends: fed here, and taken like anybody's. */
export type LocalTrack = {
  readonly track: IncomingTrack;
  /** Ends the track and its timer. Idempotent. */
  close(): void;
};

/** Sound, as Opus packets. */
export type LocalAudioTrack = LocalTrack & {
  /**
   * Sends one Opus packet now. Those that follow each other without a pause are placed gapless, whatever the exact
   * time of the call.
   *
   * @param level - of RFC 6464: 0 (loudest) to 127 (silence)
   */
  write(packet: Uint8Array, durationMs: number, level: number): void;
  /** There is silence before the next packet: its timestamp goes on by the time that passes. */
  pause(): void;
};

/** Pictures, as VP8 frames. */
export type LocalVideoTrack = LocalTrack & {
  /** Sends one frame now, captured now. */
  write(frame: Uint8Array): void;
};

type Identity = {
  trackId: string;
  /** Tracks of one stream are played in lip sync. */
  streamId: string;
  kind: TrackKind;
};

/** Makes an Opus track. Its sender reports tell the process's own clock, on which all local tracks are captured. */
export function createLocalAudioTrack(identity: Identity): LocalAudioTrack {
  const opened = openTrack(identity, 'opus', 48_000, () => undefined);
  const { track, layer, clock, writer } = opened;
  return {
    track,
    write(packet, durationMs, level) {
      if (track.live) {
        const now = nowMs();
        const marker = clock.beginsStretch(now);
        track.deliver(writer.packet(packet, clock.take(now, durationMs), marker, level), now, layer);
      }
    },
    pause() {
      clock.pause();
    },
    close: () => {
      opened.close();
    },
  };
}

/** Makes a VP8 track. @param onKeyFrameRequest - called when somebody cannot decode without a key frame */
export function createLocalVideoTrack(identity: Identity, onKeyFrameRequest: () => void): LocalVideoTrack {
  const opened = openTrack(identity, 'vp8', 90_000, onKeyFrameRequest);
  const { track, layer, clock, writer } = opened;
  return {
    track,
    write(frame) {
      if (!track.live) {
        return;
      }
      const now = nowMs();
      const timestamp = clock.timestampAt(now);
      const payloads = vp8Payloads(frame);
      payloads.forEach((payload, index) => {
        track.deliver(writer.packet(payload, timestamp, index === payloads.length - 1, -1), now, layer);
      });
    },
    close: () => {
      opened.close();
    },
  };
}

function openTrack(
  identity: Identity,
  codec: 'opus' | 'vp8',
  clockRate: number,
  onKeyFrameRequest: () => void,
): { track: PublishedTrack; layer: TrackLayer; clock: SendingClock; writer: RtpWriter; close(): void } {
  const payloadType = offeredPayloadTypes[codec].media;
  const writer = new RtpWriter(payloadType);
  const clock = new SendingClock(clockRate, randomInt(0xffffffff), nowMs());
  const layer = newTrackLayer('', 0, writer.ssrc);
  const track = new PublishedTrack(
    { ...identity, mid: '' },
    { name: codec, clockRate, payloadType, fmtp: codec === 'opus' ? 'minptime=10;useinbandfec=1' : '' },
    [layer],
    { ...noExtensions, audioLevel: codec === 'opus' ? AUDIO_LEVEL_ID : 0 },
    onKeyFrameRequest,
  );
  let reportedMs = 0;
  let measuredMs = nowMs();
  const stopTicks = onWatchTick((now) => {
    if (now - measuredMs >= BITRATE_WINDOW_MS) {
      track.measure(layer, now - measuredMs);
      measuredMs = now;
    }
    if (track.stats.packets > 0 && now - reportedMs >= REPORT_INTERVAL_MS) {
      reportedMs = now;
      const report = { ntpMs: now, rtpTimestamp: clock.timestampAt(now), ssrc: writer.ssrc, layer };
      track.deliverSenderReport(report, now);
    }
  });
  return {
    track,
    layer,
    clock,
    writer,
    close() {
      stopTicks();
      track.end();
    },
  };
}
