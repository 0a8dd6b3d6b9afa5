import { EventEmitter, once } from 'node:events';

import type { Page } from 'playwright-core';
import {
  RTCPeerConnection,
  RtcpSrPacket,
  useOPUS,
  useVP8,
  type MediaStreamTrack,
  type RtpPacket,
} from 'werift';

/** One packet as it came, and when. */
export type ReceivedPacket = { packet: RtpPacket; atMs: number };

/** What a sender report says: this RTP timestamp is that wall-clock time (RFC 3550 section 6.4.1). */
export type SenderReport = { rtpTimestamp: number; wallClockMs: number };

export type ReceivedTrack = {
  kind: 'audio' | 'video';
  clockRate: number;
  packets: ReceivedPacket[];
  senderReports: SenderReport[];
};

/** A plain WebRTC receiver, apart from the runtime, that keeps all a page's camera and microphone send. */
export type RtpReceiver = AsyncDisposable & {
  tracks: readonly ReceivedTrack[];
  /** Resolves when both tracks have so much media and a sender report each. @throws after a generous time. */
  receivedSeconds(seconds: number): Promise<void>;
  /** Resolves when so many more RTP packets have come in, of all tracks together. */
  receivedMore(count: number): Promise<void>;
};

const CLOCK_RATES = { audio: 48_000, video: 90_000 };
/** Sender reports of sound come every five seconds. */
const PATIENCE_MS = 20_000;
/** From 1900, where NTP's time begins, to 1970. RFC 5905 appendix A. */
const NTP_EPOCH_MS = 2_208_988_800_000;

/** Makes the page call a receiver in this process with what `getUserMedia` gives it. VP8 and Opus. */
export async function receiveFrom(page: Page): Promise<RtpReceiver> {
  const connection = new RTCPeerConnection({ codecs: { audio: [useOPUS()], video: [useVP8()] } });
  const tracks: ReceivedTrack[] = [];
  const arrivals = new EventEmitter();
  connection.onTrack.subscribe((track) => tracks.push(keepAll(track, arrivals)));

  const offer = await page.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    const sender = new window.RTCPeerConnection();
    Reflect.set(globalThis, 'rtpSender', sender);
    for (const track of stream.getTracks()) {
      sender.addTrack(track, stream);
    }
    const gathered = new Promise<void>((resolve) => {
      sender.addEventListener('icegatheringstatechange', () => {
        if (sender.iceGatheringState === 'complete') {
          resolve();
        }
      });
    });
    await sender.setLocalDescription();
    await gathered;
    return sender.localDescription?.sdp ?? '';
  });
  await connection.setRemoteDescription({ type: 'offer', sdp: offer });
  await connection.setLocalDescription(await connection.createAnswer());
  await page.evaluate(async (sdp) => {
    const sender: unknown = Reflect.get(globalThis, 'rtpSender');
    if (sender instanceof window.RTCPeerConnection) {
      await sender.setRemoteDescription({ type: 'answer', sdp });
    }
  }, connection.localDescription?.sdp ?? '');

  const until = async (isThere: () => boolean, what: string, withinMs: number): Promise<void> => {
    const deadline = AbortSignal.timeout(withinMs);
    while (!isThere()) {
      await once(arrivals, 'packet', { signal: deadline }).catch((cause: unknown) => {
        throw new Error(`${what} did not arrive within ${withinMs} ms`, { cause });
      });
    }
  };
  const packetCount = (): number => tracks.reduce((sum, track) => sum + track.packets.length, 0);

  return {
    tracks,
    receivedSeconds: (seconds) =>
      until(
        () =>
          tracks.length === 2 &&
          tracks.every((track) => lengthSeconds(track) >= seconds && track.senderReports.length > 0),
        `${seconds} s of sound and picture`,
        seconds * 1000 + PATIENCE_MS,
      ),
    receivedMore: (count) => {
      const goal = packetCount() + count;
      return until(() => packetCount() >= goal, `${count} packets`, PATIENCE_MS);
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

function keepAll(track: MediaStreamTrack, arrivals: EventEmitter): ReceivedTrack {
  const kind = track.kind === 'video' ? 'video' : 'audio';
  const kept: ReceivedTrack = { kind, clockRate: CLOCK_RATES[kind], packets: [], senderReports: [] };
  track.onReceiveRtp.subscribe((packet) => {
    kept.packets.push({ packet: packet.clone(), atMs: performance.timeOrigin + performance.now() });
    arrivals.emit('packet');
  });
  track.onReceiveRtcp.subscribe((packet) => {
    if (packet instanceof RtcpSrPacket) {
      const { ntpTimestamp, rtpTimestamp } = packet.senderInfo;
      kept.senderReports.push({ rtpTimestamp, wallClockMs: wallClockOfNtp(ntpTimestamp) });
      arrivals.emit('packet');
    }
  });
  return kept;
}

function wallClockOfNtp(ntpTimestamp: bigint): number {
  const seconds = Number(ntpTimestamp >> 32n);
  const fraction = Number(ntpTimestamp & 0xffff_ffffn) / 2 ** 32;
  return (seconds + fraction) * 1000 - NTP_EPOCH_MS;
}

function lengthSeconds({ packets, clockRate }: ReceivedTrack): number {
  const first = packets[0]?.packet.header.timestamp ?? 0;
  const last = packets.at(-1)?.packet.header.timestamp ?? 0;
  // The difference of two 32-bit timestamps, right across their wrap.
  return ((last - first) | 0) / clockRate;
}
