/**
 * All publishers of a case in one process: werift connects them, then they write packets ahead of time by
 * the clock. Talks to the bench in messages.
 */
import { createSocket } from 'node:dgram';
import { randomInt } from 'node:crypto';
import { PacketSlots } from '../../runtime/webrtc/fast-path/index.ts';
import type { PacketPath } from '../../runtime/webrtc/packet-path.ts';
import { readRtcp } from '../../runtime/webrtc/rtcp/reader.ts';
import { noExtensions } from '../../runtime/webrtc/rtp/header-extensions.ts';
import { newSessionId, writeLocalDescription } from '../../runtime/webrtc/sdp/local-description.ts';
import { readRemoteDescription } from '../../runtime/webrtc/sdp/remote-description.ts';
import type { ForwardCase } from './cases.ts';
import type { FromPublishers, ToPublishers } from './messages.ts';
import { monotonicMs } from './monotonic.ts';
import { Peer } from './peer.ts';
import { extensionIds, sendTimeBytes, streamsOf } from './traffic.ts';
import type { RtpStream } from './traffic.ts';

const tickMs = 1;
const audioCodec = {
  name: 'opus',
  clockRate: 48_000,
  payloadType: 111,
  fmtp: 'minptime=10;useinbandfec=1',
  rtxPayloadType: -1,
} as const;
const videoCodec = { name: 'vp8', clockRate: 90_000, payloadType: 96, fmtp: '', rtxPayloadType: -1 } as const;

type Publisher = { peer: Peer; streams: RtpStream[]; path: PacketPath | undefined };

const publishers: Publisher[] = [];
/** Node sends what it is given some turns later: more than all publishers send in one. */
const slots = new PacketSlots(2048);
const directSocket = createSocket('udp4');

function tell(message: FromPublishers): void {
  process.send?.(message);
}

async function offer(index: number, forwardCase: ForwardCase): Promise<void> {
  const peer = await Peer.create('offerer');
  const firstSsrc = randomInt(1, 0x7fffffff);
  const ssrcOf = (section: number, layer: number) => firstSsrc + section * 16 + layer;
  publishers[index] = { peer, streams: streamsOf(forwardCase, ssrcOf), path: undefined };
  const sdp = writeLocalDescription({
    sessionId: newSessionId(),
    version: 1,
    transport: peer.parameters,
    setup: 'actpass',
    candidates: peer.candidates,
    sections: forwardCase.tracks.map(({ kind, layers }, section) => {
      const simulcast = layers.length > 1;
      return {
        refused: false,
        type: kind,
        mid: String(section),
        direction: 'sendonly',
        codec: kind === 'audio' ? audioCodec : videoCodec,
        extensions: {
          ...noExtensions,
          mid: extensionIds.mid,
          ...(simulcast ? { rid: extensionIds.rid } : {}),
          ...(kind === 'audio' ? { audioLevel: extensionIds.audioLevel } : {}),
        },
        rids: simulcast ? layers.map((layer) => layer.rid) : [],
        stream: simulcast
          ? undefined
          : { streamId: 'stream', trackId: `track-${section}`, ssrc: ssrcOf(section, 0), rtxSsrc: 0 },
      };
    }),
  });
  // The runtime writes descriptions of what it receives; a publisher sends.
  tell({
    type: 'offer',
    sdp: sdp.replace('a=simulcast:recv', 'a=simulcast:send').replaceAll(/^(a=rid:\S+) recv/gm, '$1 send'),
  });
}

async function acceptAnswer(index: number, sdp: string): Promise<void> {
  const publisher = publishers[index];
  if (publisher === undefined) {
    throw new Error(`There is no publisher ${index}.`);
  }
  const answer = readRemoteDescription(sdp, 'answer');
  const { path, srtpProfile } = await publisher.peer.connect(
    answer,
    answer.setup === 'passive' ? 'client' : 'server',
    (data) => takeRequests(publisher, data),
  );
  publisher.path = path;
  tell({ type: 'answer', srtpProfile });
}

/** Notes the key frames that the worker asks for: it begins or changes a layer with them. */
function takeRequests({ path, streams }: Publisher, data: Buffer): void {
  const plain = path?.unprotectRtcp(data);
  if (plain !== undefined) {
    const ignore = () => undefined;
    readRtcp(plain, {
      keyFrameRequest(ssrc) {
        const stream = streams.find((candidate) => candidate.ssrc === ssrc);
        if (stream !== undefined) {
          stream.keyFrameWanted = true;
        }
      },
      senderReport: ignore,
      reportBlock: ignore,
      nack: ignore,
      maxBitrate: ignore,
      transportFeedback: ignore,
    });
  }
}

/** A stream and when its next frame is due, in milliseconds since sending began. */
type Schedule = {
  stream: RtpStream;
  publisher: Publisher;
  intervalMs: number;
  dueMs: number;
  keyFrameMs: number;
};

/** Sends for `seconds`; to a plain socket instead of the worker when `directPort` is given. */
function send(seconds: number, keyFrameSeconds: number, rateFactor: number, directPort?: number): void {
  const all = publishers.flatMap((publisher, index) =>
    publisher.streams.map((stream) => ({ publisher, stream, index })),
  );
  for (const { stream } of all) {
    // What was sent without the worker has told it nothing.
    stream.introduce();
  }
  const schedules = all
    .filter(({ stream }) => directPort === undefined || stream.forwarded)
    .map(({ publisher, stream, index }, position): Schedule => {
      const intervalMs = 1000 / (stream.framesPerSecond * rateFactor);
      return {
        stream,
        publisher,
        intervalMs,
        dueMs: (intervalMs * position) / all.length,
        keyFrameMs: (keyFrameSeconds * 1000 * (index + 1)) / (publishers.length + 1),
      };
    });
  const endMs = seconds * 1000;
  const startedAt = monotonicMs();
  const { user, system } = process.cpuUsage();
  let sentPackets = 0;
  let packetsToForward = 0;
  let latestMs = 0;
  const timer = setInterval(() => {
    const elapsedMs = monotonicMs() - startedAt;
    let open = false;
    for (const schedule of schedules) {
      const { stream } = schedule;
      while (schedule.dueMs <= elapsedMs && schedule.dueMs < endMs) {
        latestMs = Math.max(latestMs, elapsedMs - schedule.dueMs);
        const keyFrameDue = schedule.dueMs >= schedule.keyFrameMs;
        if (keyFrameDue) {
          schedule.keyFrameMs += keyFrameSeconds * 1000;
        }
        const keyFrame = keyFrameDue || stream.keyFrameWanted;
        stream.keyFrameWanted = false;
        const packets = sendFrame(schedule, keyFrame, directPort);
        sentPackets += packets;
        packetsToForward += stream.forwarded ? packets : 0;
        schedule.dueMs += schedule.intervalMs;
      }
      open ||= schedule.dueMs < endMs;
    }
    if (!open) {
      clearInterval(timer);
      const used = process.cpuUsage();
      if (directPort === undefined) {
        const cpuMicroseconds = used.user + used.system - user - system;
        tell({ type: 'send', sentPackets, packetsToForward, latestMs, cpuMicroseconds });
      } else {
        tell({ type: 'direct' });
      }
    }
  }, tickMs);
}

function sendFrame(
  { stream, publisher }: Schedule,
  keyFrame: boolean,
  directPort: number | undefined,
): number {
  const packets = stream.packetsOf(keyFrame);
  stream.beginFrame();
  for (let index = 0; index < packets; index++) {
    const slot = slots.take();
    const lengths = stream.write(slot.bytes, index, keyFrame);
    const headerLength = lengths >>> 16;
    const length = lengths & 0xffff;
    slot.bytes.writeDoubleBE(monotonicMs(), length - sendTimeBytes);
    if (directPort !== undefined) {
      directSocket.send(slot.bytes, 0, length, directPort, '127.0.0.1');
    } else if (publisher.path !== undefined) {
      publisher.peer.send(slot.bytes, publisher.path.protectRtp(slot, headerLength, length));
    }
  }
  return packets;
}

process.on('message', (message: ToPublishers) => {
  switch (message.type) {
    case 'offer':
      void offer(message.publisher, message.forwardCase);
      break;
    case 'answer':
      void acceptAnswer(message.publisher, message.sdp);
      break;
    case 'send':
      send(message.seconds, message.keyFrameSeconds, message.rateFactor);
      break;
    case 'direct':
      send(message.seconds, message.seconds, 1, message.port);
      break;
  }
});
tell({ type: 'ready' });
