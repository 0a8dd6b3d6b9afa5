import { nowMs } from '../../../../runtime/webrtc/index.ts';
import type { IncomingTrack } from '../../../../runtime/webrtc/index.ts';
import { newTrackLayer } from '../../../../runtime/webrtc/incoming-track.ts';
import { PublishedTrack } from '../../../../runtime/webrtc/receive/index.ts';
import { RtpWriter } from '../../../../runtime/webrtc/local/rtp-writer.ts';
import { vp8Payloads } from '../../../../runtime/webrtc/local/vp8-payloads.ts';
import { noExtensions } from '../../../../runtime/webrtc/rtp/header-extensions.ts';
import type { EncodedClip } from '../../../support/runtime/index.ts';

const payloadType = 96;
const measureMs = 1000;

/**
 * A simulcast track whose layers are VP8 clips, from the lowest up, sent over and over. Key frames come as they lie
 * in the clips. Unlike a browser it sends all layers from the first moment, at rates that are known.
 */
export function publishSimulcastClips(clips: readonly EncodedClip[]): {
  track: IncomingTrack;
  close(): void;
} {
  const writers = clips.map(() => new RtpWriter(payloadType));
  const layers = writers.map(({ ssrc }, rank) => newTrackLayer(String(rank), rank, ssrc));
  const track = new PublishedTrack(
    { trackId: 'alice-video', streamId: 'alice', mid: '0', kind: 'video' },
    { name: 'vp8', clockRate: 90_000, payloadType, fmtp: '' },
    layers,
    noExtensions,
    () => undefined,
  );
  const startMs = nowMs();
  let sent = 0;
  let measuredMs = startMs;
  const frameMs = clips[0]?.frameMs ?? 33;
  const timer = setInterval(() => {
    const now = nowMs();
    for (; startMs + sent * frameMs <= now; sent++) {
      for (const [rank, layer] of layers.entries()) {
        const clip = clips[rank];
        const frame = clip?.frames[sent % clip.frames.length];
        const payloads = frame === undefined ? [] : vp8Payloads(frame.data);
        for (const [i, payload] of payloads.entries()) {
          const timestamp = Math.round(sent * frameMs * 90);
          const packet = writers[rank]?.packet(payload, timestamp, i === payloads.length - 1, -1);
          if (packet !== undefined) {
            track.deliver(packet, now, layer);
          }
        }
      }
    }
    if (now - measuredMs >= measureMs) {
      for (const layer of layers) {
        track.measure(layer, now - measuredMs);
      }
      measuredMs = now;
    }
  }, 5);
  return {
    track,
    close: () => {
      clearInterval(timer);
      track.end();
    },
  };
}
