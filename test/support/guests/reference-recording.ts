import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  FilePathTarget,
  MkvOutputFormat,
  Output,
} from 'mediabunny';
import { Vp8RtpPayload } from 'werift';

import { median } from '../oracle/index.ts';
import type { ReceivedTrack } from './rtp-receiver.ts';

type Frame = { kind: ReceivedTrack['kind']; wallClockMs: number; data: Buffer; isKey: boolean };

/**
 * Writes what a receiver kept to a Matroska file, each frame at the wall-clock time that the sender reports
 * give it: what a faultless recorder on a faultless network would write.
 *
 * @returns the wall-clock time at which the file begins
 */
export async function writeReferenceRecording(
  tracks: readonly ReceivedTrack[],
  path: string,
): Promise<number> {
  const frames = tracks.flatMap(framesOf).toSorted((one, other) => one.wallClockMs - other.wallClockMs);
  const startMs = frames[0]?.wallClockMs;
  if (startMs === undefined) {
    throw new Error('nothing was received, so there is nothing to record');
  }
  const audio = new EncodedAudioPacketSource('opus');
  const video = new EncodedVideoPacketSource('vp8');
  const output = new Output({ format: new MkvOutputFormat(), target: new FilePathTarget(path) });
  output.addVideoTrack(video);
  output.addAudioTrack(audio);
  await output.start();
  let hasKey = false;
  for (const { kind, wallClockMs, data, isKey } of frames) {
    const seconds = (wallClockMs - startMs) / 1000;
    const type = isKey ? 'key' : 'delta';
    if (kind === 'audio') {
      await audio.add(new EncodedPacket(data, type, seconds, 0.02), {
        decoderConfig: { codec: 'opus', sampleRate: 48_000, numberOfChannels: 2 },
      });
      continue;
    }
    hasKey ||= isKey;
    if (hasKey) {
      await video.add(new EncodedPacket(data, type, seconds, 1 / 30), {
        decoderConfig: { codec: 'vp8', codedWidth: 320, codedHeight: 180 },
      });
    }
  }
  await output.finalize();
  return startMs;
}

function framesOf(track: ReceivedTrack): Frame[] {
  const reference = track.packets[0]?.packet.header.timestamp ?? 0;
  const mediaMs = (timestamp: number): number => (((timestamp - reference) | 0) / track.clockRate) * 1000;
  // Single reports of sound are some milliseconds off, either way.
  const originMs = median(
    track.senderReports.map((report) => report.wallClockMs - mediaMs(report.rtpTimestamp)),
  );

  const byTimestamp = Map.groupBy(track.packets, ({ packet }) => packet.header.timestamp);
  return [...byTimestamp].map(([timestamp, received]) => {
    const packets = received
      .map(({ packet }) => packet)
      .toSorted((one, other) => ((one.header.sequenceNumber - other.header.sequenceNumber) << 16) >> 16);
    const payloads =
      track.kind === 'audio' ? [] : packets.map(({ payload }) => Vp8RtpPayload.deSerialize(payload));
    return {
      kind: track.kind,
      wallClockMs: originMs + mediaMs(timestamp),
      data: Buffer.concat(
        track.kind === 'audio'
          ? packets.map(({ payload }) => payload)
          : payloads.map(({ payload }) => payload),
      ),
      isKey: track.kind === 'audio' || payloads.some((payload) => payload.isKeyframe),
    };
  });
}
