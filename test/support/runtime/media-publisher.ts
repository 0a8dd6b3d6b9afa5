import { createHash } from 'node:crypto';
import {
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RTP_EXTENSION_URI,
  RtpHeader,
  RtpPacket,
  serializeAudioLevelIndication,
  useAudioLevelIndication,
  useOPUS,
  useSdesMid,
  useTransportWideCC,
  type RTCRtpTransceiver,
} from 'werift';
import {
  rewriteCandidates,
  startRelay,
  withoutCandidates,
  type LinkConditions,
  type Relay,
} from '../relay/index.ts';
import type { EncodedClip } from './encoded-clip.ts';
import { createPacketizer } from './packetize.ts';

/** `atMs`: milliseconds since 1970. */
export type SentFrame = { digest: string; isKey: boolean; atMs: number };

/** One clip that is being sent. */
export type SentTrack = {
  readonly mid: string;
  /** Every frame sent so far. */
  readonly frames: readonly SentFrame[];
  /** Packets sent so far, without retransmissions. */
  readonly packetCount: number;
  readonly keyFrameRequests: number;
  /** Whether the next offer holds the track. */
  isOffered: boolean;
  /** Sends another clip of the same codec from its next key frame on. */
  switchTo(clip: EncodedClip): void;
  /** Stops sending, as a muted microphone or a camera that is off, and goes on. */
  pause(): void;
  resume(): void;
};

/** A standard WebRTC client, not of the runtime's making, that publishes prepared frames. */
export type MediaPublisher = AsyncDisposable & {
  tracks: readonly SentTrack[];
  /** In front of the runtime's ports, when the publisher was given a network. */
  relays: readonly Relay[];
  connection: RTCPeerConnection;
  /** Offers anew: with what is sent by then. */
  negotiate(): Promise<void>;
  /** Resolves when so many more frames of the first track have been sent. */
  sentMore(frames: number): Promise<void>;
  /** Nothing is sent any more, and nobody is told. */
  close(): Promise<void>;
};

export type MediaPublisherOptions = {
  clips: readonly EncodedClip[];
  /**
   * Hands the offer to the runtime and gives its answer: WHIP, or the signalling.
   *
   * @param mids of each clip, or null for one that is not sent now
   */
  exchange(offerSdp: string, mids: readonly (string | null)[]): Promise<string>;
  /** Of the first packet of every track; chosen by the test that needs a wrap. */
  firstSequenceNumber?: number;
  /** A bad network between the publisher and the runtime, in both directions. */
  network?: LinkConditions;
};

const TICK_MS = 5;

/** Between the epochs of NTP (1900) and of this machine's clock (1970). */
const NTP_EPOCH_MS = -Date.UTC(1900, 0, 1);

const codecs = {
  vp8: (): RTCRtpCodecParameters[] => [
    new RTCRtpCodecParameters({
      mimeType: 'video/VP8',
      clockRate: 90_000,
      payloadType: 96,
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'transport-cc' }],
    }),
    new RTCRtpCodecParameters({
      mimeType: 'video/rtx',
      clockRate: 90_000,
      payloadType: 97,
      parameters: 'apt=96',
    }),
  ],
  h264: (): RTCRtpCodecParameters[] => [
    new RTCRtpCodecParameters({
      mimeType: 'video/H264',
      clockRate: 90_000,
      payloadType: 102,
      parameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
    }),
  ],
};

/** Connects and sends the clips over and over, in real time. */
export async function startMediaPublisher(options: MediaPublisherOptions): Promise<MediaPublisher> {
  const videoCodec = options.clips.find((clip) => clip.codec !== 'opus')?.codec;
  const tellsLevels = options.clips.some((clip) => clip.level !== undefined);
  const connection = new RTCPeerConnection({
    codecs: { audio: [useOPUS()], video: videoCodec === 'h264' ? codecs.h264() : codecs.vp8() },
    headerExtensions: {
      audio: [useSdesMid(), ...(tellsLevels ? [useAudioLevelIndication()] : [])],
      video: [useSdesMid(), useTransportWideCC()],
    },
    iceServers: [],
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
    iceFilterCandidatePair: (pair) => pair.remoteCandidate.host === '127.0.0.1',
  });
  const relays: Relay[] = [];
  const senders = options.clips.map((clip) => new ClipSender(connection, clip, options.firstSequenceNumber));

  async function relayed(sdp: string): Promise<string> {
    if (options.network === undefined) {
      return sdp;
    }
    const targets: { address: string; port: number }[] = [];
    rewriteCandidates(sdp, ({ address, port, transport }) => {
      if (transport === 'udp' && !targets.some((known) => known.port === port)) {
        targets.push({ address, port });
      }
      return undefined;
    });
    for (const target of targets) {
      if (!relays.some((relay) => relay.target.port === target.port)) {
        relays.push(await startRelay({ target, seed: 7, ...options.network }));
      }
    }
    return rewriteCandidates(sdp, ({ port }) => relays.find((relay) => relay.target.port === port));
  }

  const negotiate = async (): Promise<void> => {
    await connection.setLocalDescription(await connection.createOffer());
    const offer = connection.localDescription?.sdp ?? '';
    for (const sender of senders) {
      sender.levelExtensionId = levelExtensionIdIn(offer);
    }
    // A runtime that knew the publisher's own address would write past the relay.
    const answer = await options.exchange(
      options.network === undefined ? offer : withoutCandidates(offer),
      senders.map((sender) => (sender.isOffered ? sender.mid : null)),
    );
    await connection.setRemoteDescription({ type: 'answer', sdp: await relayed(answer) });
  };
  await negotiate();
  await connection.connectionStateChange.watch((state) => state === 'connected', 10_000);

  const timer = setInterval(() => {
    for (const sender of senders) {
      sender.sendDue();
    }
  }, TICK_MS);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      clearInterval(timer);
      await connection.close();
      await Promise.all(relays.map((relay) => relay.close()));
    })());

  return {
    tracks: senders,
    relays,
    connection,
    negotiate,
    sentMore: async (frames) => {
      const [first] = senders;
      await first?.sentMore(frames);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

class ClipSender implements SentTrack {
  readonly frames: SentFrame[] = [];
  packetCount = 0;
  keyFrameRequests = 0;
  /** 0 where levels are not told. */
  levelExtensionId = 0;
  readonly #track: MediaStreamTrack;
  readonly #transceiver: RTCRtpTransceiver;
  readonly #packetize: ReturnType<typeof createPacketizer>;
  readonly #clockRate: number;
  #clip: EncodedClip;
  #nextClip: EncodedClip | undefined;
  #sequenceNumber: number;
  /** When the first frame was due; later frames follow at the clip's pace. */
  #startMs = 0;
  #sentCount = 0;
  #lastDueMs = 0;
  #position = 0;
  #isPaused = false;
  readonly #waiting = new Set<() => void>();

  constructor(connection: RTCPeerConnection, clip: EncodedClip, firstSequenceNumber = 1000) {
    const kind = clip.codec === 'opus' ? 'audio' : 'video';
    this.#clip = clip;
    this.#packetize = createPacketizer(clip.codec);
    this.#clockRate = kind === 'audio' ? 48_000 : 90_000;
    this.#sequenceNumber = firstSequenceNumber;
    this.#track = new MediaStreamTrack({ kind });
    this.#transceiver = connection.addTransceiver(this.#track, { direction: 'sendonly' });
    // Sender reports are to say when a frame was due. The library would say when it was sent, in whole seconds.
    Object.defineProperty(this.#transceiver.sender, 'ntpTimestamp', {
      get: () => this.#dueNtpTime(),
      set: () => undefined,
    });
    this.#transceiver.sender.onPictureLossIndication.subscribe(() => {
      this.keyFrameRequests += 1;
      this.#skipToKey();
    });
  }

  get mid(): string {
    return this.#transceiver.mid ?? '';
  }

  get isOffered(): boolean {
    return this.#transceiver.direction === 'sendonly';
  }

  /** Leaves the track out of the next offer, or puts it back. */
  set isOffered(offered: boolean) {
    this.#transceiver.setDirection(offered ? 'sendonly' : 'inactive');
  }

  switchTo(clip: EncodedClip): void {
    this.#nextClip = clip;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#skipToKey();
  }

  sentMore(count: number): Promise<void> {
    const goal = this.frames.length + count;
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.frames.length >= goal) {
          this.#waiting.delete(look);
          resolve();
        }
      };
      this.#waiting.add(look);
    });
  }

  sendDue(): void {
    const nowMs = performance.now();
    this.#startMs ||= nowMs;
    while (this.#startMs + this.#sentCount * this.#clip.frameMs <= nowMs) {
      this.#sendNext();
      this.#sentCount += 1;
    }
  }

  #sendNext(): void {
    if (this.#isPaused) {
      return;
    }
    if (this.#nextClip && this.#clip.frames[this.#position]?.isKey === true) {
      this.#clip = this.#nextClip;
      this.#nextClip = undefined;
      this.#position = 0;
    }
    const frame = this.#clip.frames[this.#position];
    if (!frame) {
      throw new Error('the clip is empty');
    }
    this.#position = (this.#position + 1) % this.#clip.frames.length;
    const timestamp = Math.round((this.#sentCount * this.#clip.frameMs * this.#clockRate) / 1000) >>> 0;
    this.#lastDueMs = this.#startMs + this.#sentCount * this.#clip.frameMs;
    const payloads = this.#packetize(frame);
    payloads.forEach((payload, index) => {
      const header = new RtpHeader({
        sequenceNumber: this.#sequenceNumber,
        timestamp,
        marker: index === payloads.length - 1,
        payloadType: 0,
        ssrc: 0,
        extensions: this.#levelExtension(),
      });
      this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
      this.packetCount += 1;
      this.#track.writeRtp(new RtpPacket(header, payload));
    });
    this.frames.push({ digest: digestOf(frame.data), isKey: frame.isKey, atMs: Date.now() });
    for (const look of this.#waiting) {
      look();
    }
  }

  #levelExtension(): { id: number; payload: Buffer }[] {
    const { level } = this.#clip;
    return level === undefined || this.levelExtensionId === 0
      ? []
      : [{ id: this.levelExtensionId, payload: serializeAudioLevelIndication(level) }];
  }

  /** When the newest frame that was sent was due, as a 64-bit NTP timestamp (RFC 5905 section 6). */
  #dueNtpTime(): bigint {
    const seconds = (performance.timeOrigin + this.#lastDueMs + NTP_EPOCH_MS) / 1000;
    const whole = Math.floor(seconds);
    return (BigInt(whole) << 32n) | BigInt(Math.floor((seconds - whole) * 2 ** 32));
  }

  #skipToKey(): void {
    const { frames } = this.#clip;
    for (let step = 0; step < frames.length; step++) {
      const position = (this.#position + step) % frames.length;
      if (frames[position]?.isKey === true) {
        this.#position = position;
        return;
      }
    }
  }
}

function levelExtensionIdIn(sdp: string): number {
  const line = sdp.split(/\r?\n/).find((one) => one.endsWith(` ${RTP_EXTENSION_URI.audioLevelIndication}`));
  return Number(/^a=extmap:(\d+)/.exec(line ?? '')?.[1] ?? 0);
}

/** Tells frames apart by their content. */
export const digestOf = (data: Uint8Array): string =>
  createHash('sha1').update(data).digest('base64url').slice(0, 12);
