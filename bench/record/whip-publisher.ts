import {
  type RTCRtpSender,
  RTCPeerConnection,
  RtcpRrPacket,
  RtpHeader,
  RtpPacket,
  useOPUS,
  useSdesMid,
  useTransportWideCC,
  useVP8,
} from 'werift';
import { clip } from './clip.ts';
import { withPictureId } from './vp8-payloads.ts';

/** The clip cut into payloads: those of each picture, and one for each 20 ms of sound. */
export type ClipPayloads = { pictures: Buffer[][]; sounds: Buffer[] };

export type WhipTarget = { runtimeUrl: string; serverKey: string; roomId: string; participantId: string };

const PICTURE_MS = 1000 / clip.framesPerSecond;
const VIDEO_TICKS = 90_000 / clip.framesPerSecond;
const SOUND_TICKS = 48 * clip.audioMs;

/** A participant who publishes the clip over WHIP (RFC 9725) and receives nothing. */
export class WhipPublisher {
  readonly #peer: RTCPeerConnection;
  readonly #video: RTCRtpSender;
  readonly #audio: RTCRtpSender;
  readonly #payloads: ClipPayloads;
  readonly #startedAt: number;
  readonly #leave: () => Promise<void>;
  /** Into the clip, so that the participants' key frames do not coincide. */
  readonly #firstPicture: number;
  #pictures = 0;
  #sounds = 0;
  #videoSequence = 0;
  #audioSequence = 0;
  #packetsSent = 0;
  #videoLost = 0;
  #audioLost = 0;
  #failure: Error | undefined;

  private constructor(
    peer: RTCPeerConnection,
    senders: { video: RTCRtpSender; audio: RTCRtpSender },
    payloads: ClipPayloads,
    place: { firstPicture: number; startedAt: number },
    leave: () => Promise<void>,
  ) {
    this.#peer = peer;
    this.#video = senders.video;
    this.#audio = senders.audio;
    this.#payloads = payloads;
    this.#firstPicture = place.firstPicture;
    this.#startedAt = place.startedAt;
    this.#leave = leave;
    onPacketsLost(this.#video, (lost) => (this.#videoLost = lost));
    onPacketsLost(this.#audio, (lost) => (this.#audioLost = lost));
  }

  /**
   * Joins and connects.
   *
   * @param phase from 0 to 1: where in the clip, and in the time between two pictures, this one begins
   * @throws when the runtime refuses or no connection comes about within thirty seconds
   */
  static async connect(target: WhipTarget, payloads: ClipPayloads, phase: number): Promise<WhipPublisher> {
    const peer = new RTCPeerConnection({
      codecs: { video: [useVP8()], audio: [useOPUS()] },
      headerExtensions: {
        video: [useSdesMid(), useTransportWideCC()],
        audio: [useSdesMid(), useTransportWideCC()],
      },
      iceServers: [],
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ['127.0.0.1'],
    });
    try {
      return await WhipPublisher.#publish(peer, target, payloads, phase);
    } catch (error) {
      await peer.close();
      throw error;
    }
  }

  static async #publish(
    peer: RTCPeerConnection,
    target: WhipTarget,
    payloads: ClipPayloads,
    phase: number,
  ): Promise<WhipPublisher> {
    const video = peer.addTransceiver('video', { direction: 'sendonly' }).sender;
    const audio = peer.addTransceiver('audio', { direction: 'sendonly' }).sender;
    await peer.setLocalDescription(await peer.createOffer());
    const { answer, leave } = await offer(target, peer.localDescription?.sdp ?? '');
    await peer.setRemoteDescription({ type: 'answer', sdp: answer });
    if (peer.connectionState !== 'connected') {
      await peer.connectionStateChange.watch((state) => state === 'connected', 30_000);
    }
    const place = {
      firstPicture: Math.floor(phase * payloads.pictures.length),
      startedAt: performance.now() + phase * PICTURE_MS,
    };
    return new WhipPublisher(peer, { video, audio }, payloads, place, leave);
  }

  get packetsSent(): number {
    return this.#packetsSent;
  }

  /** As the newest receiver reports say (RFC 3550 section 6.4.2). */
  get packetsLost(): number {
    return this.#videoLost + this.#audioLost;
  }

  /**
   * Sends what is due by now.
   * @throws when an earlier packet could not be sent
   */
  sendDue(now: number): void {
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
    for (; this.#startedAt + this.#pictures * PICTURE_MS <= now; this.#pictures++) {
      this.#sendPicture(this.#pictures);
    }
    for (; this.#startedAt + this.#sounds * clip.audioMs <= now; this.#sounds++) {
      const payload = this.#payloads.sounds[this.#sounds % this.#payloads.sounds.length];
      if (payload !== undefined) {
        this.#send(this.#audio, payload, {
          sequenceNumber: this.#audioSequence++ & 0xffff,
          timestamp: (this.#sounds * SOUND_TICKS) >>> 0,
          marker: false,
        });
      }
    }
  }

  /** Leaves the room and closes the connection. */
  async close(): Promise<void> {
    await this.#leave();
    await this.#peer.close();
  }

  #sendPicture(number: number): void {
    const { pictures } = this.#payloads;
    const parts = pictures[(this.#firstPicture + number) % pictures.length] ?? [];
    parts.forEach((part, index) => {
      this.#send(this.#video, withPictureId(part, number), {
        sequenceNumber: this.#videoSequence++ & 0xffff,
        timestamp: (number * VIDEO_TICKS) >>> 0,
        marker: index === parts.length - 1,
      });
    });
  }

  #send(
    sender: RTCRtpSender,
    payload: Buffer,
    header: { sequenceNumber: number; timestamp: number; marker: boolean },
  ): void {
    this.#packetsSent++;
    sender.sendRtp(new RtpPacket(new RtpHeader(header), payload)).catch((cause: unknown) => {
      this.#failure ??= new Error('A packet could not be sent', { cause });
    });
  }
}

function onPacketsLost(sender: RTCRtpSender, listen: (packetsLost: number) => void): void {
  sender.onRtcp.subscribe((packet) => {
    if (packet instanceof RtcpRrPacket) {
      for (const report of packet.reports) {
        if (report.ssrc === sender.ssrc) {
          listen(report.packetsLost);
        }
      }
    }
  });
}

async function offer(
  { runtimeUrl, serverKey, roomId, participantId }: WhipTarget,
  sdp: string,
): Promise<{ answer: string; leave: () => Promise<void> }> {
  const query = new URLSearchParams({ roomId, participantId });
  const headers = { authorization: serverKey };
  const response = await fetch(`${runtimeUrl}/v2/whip?${query}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/sdp' },
    body: sdp,
  });
  const answer = await response.text();
  const location = response.headers.get('location');
  if (!response.ok || location === null) {
    throw new Error(`${participantId} could not publish (${response.status}): ${answer}`);
  }
  return {
    answer,
    leave: async () => {
      const left = await fetch(new URL(location, runtimeUrl), { method: 'DELETE', headers });
      await left.body?.cancel();
    },
  };
}
