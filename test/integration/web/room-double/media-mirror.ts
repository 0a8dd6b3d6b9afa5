import {
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  useAudioLevelIndication,
  useSdesMid,
  useSdesRTPStreamId,
  type RTCIceCandidateInit,
  type RTCRtpTransceiver,
  type RtpPacket,
} from 'werift';

import type { TrackKind } from '../../../../runtime/contract/index.ts';

type MediaKind = 'audio' | 'video';

const feedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }];
const newConnection = (): RTCPeerConnection =>
  new RTCPeerConnection({
    codecs: {
      video: [
        new RTCRtpCodecParameters({ mimeType: 'video/VP8', clockRate: 90_000, rtcpFeedback: feedback }),
      ],
      audio: [new RTCRtpCodecParameters({ mimeType: 'audio/opus', clockRate: 48_000, channels: 2 })],
    },
    headerExtensions: {
      video: [useSdesMid(), useSdesRTPStreamId()],
      audio: [useSdesMid(), useAudioLevelIndication()],
    },
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
  });

/** What the double's people show: the page's own picture and sound, sent back to it. */
export class MediaMirror {
  readonly publish = newConnection();
  readonly subscribe = newConnection();
  /** RTP packets that came in, by kind. */
  readonly received = new Map<TrackKind, number>();
  /** Simulcast layers seen. RFC 8852. */
  readonly rids = new Set<string>();
  readonly #kinds = new Map<string, TrackKind>();
  readonly #sinks: { kind: MediaKind; track: MediaStreamTrack }[] = [];
  #keyframe: (() => void) | null = null;

  constructor() {
    this.publish.onTransceiverAdded.subscribe((transceiver) => this.#receive(transceiver));
    this.publish.onRemoteTransceiverAdded.subscribe((transceiver) => this.#receive(transceiver));
  }

  async answerPublish(sdp: string, tracks: readonly { mid: string; kind: TrackKind }[]): Promise<string> {
    tracks.forEach(({ mid, kind }) => this.#kinds.set(mid, kind));
    await this.publish.setRemoteDescription({ type: 'offer', sdp });
    await this.publish.setLocalDescription(await this.publish.createAnswer());
    return sdpOf(this.publish);
  }

  /** Offers one more track. @returns the offer, and the mid of each track in order of adding */
  async offer(kinds: readonly MediaKind[]): Promise<{ sdp: string; mids: string[] }> {
    const added = kinds.map((kind) => {
      const track = new MediaStreamTrack({ kind });
      this.#sinks.push({ kind, track });
      const transceiver = this.subscribe.addTransceiver(track, { direction: 'sendonly' });
      transceiver.sender.onPictureLossIndication.subscribe(() => this.#keyframe?.());
      return transceiver;
    });
    await this.subscribe.setLocalDescription(await this.subscribe.createOffer());
    return { sdp: sdpOf(this.subscribe), mids: added.map(({ mid }) => mid ?? '') };
  }

  async accept(sdp: string): Promise<void> {
    await this.subscribe.setRemoteDescription({ type: 'answer', sdp });
    this.#keyframe?.();
  }

  async candidate(connection: 'publish' | 'subscribe', candidate: RTCIceCandidateInit): Promise<void> {
    await this[connection].addIceCandidate(candidate);
  }

  async close(): Promise<void> {
    await Promise.all([this.publish.close(), this.subscribe.close()]);
  }

  #receive(transceiver: RTCRtpTransceiver): void {
    transceiver.onTrack.subscribe((track) => {
      if (track.rid !== undefined) {
        this.rids.add(track.rid);
      }
      // One layer is enough to look at; the smallest is the cheapest to send back many times.
      const mirrored = track.rid === undefined || track.rid === 'low';
      track.onReceiveRtp.subscribe((packet) => {
        const kind = this.#kinds.get(transceiver.mid ?? '');
        if (kind === undefined) {
          return;
        }
        if (this.received.get(kind) === undefined && kind === 'video') {
          this.#keyframe = () => void transceiver.receiver.sendRtcpPLI(packet.header.ssrc);
          this.#keyframe();
        }
        this.received.set(kind, (this.received.get(kind) ?? 0) + 1);
        if (mirrored && (kind === 'video' || kind === 'audio')) {
          this.#send(kind, packet);
        }
      });
    });
  }

  #send(kind: MediaKind, packet: RtpPacket): void {
    for (const sink of this.#sinks) {
      if (sink.kind === kind) {
        sink.track.writeRtp(packet.clone());
      }
    }
  }
}

function sdpOf(connection: RTCPeerConnection): string {
  const sdp = connection.localDescription?.sdp;
  if (sdp === undefined) {
    throw new Error('the connection has no description of its own');
  }
  return sdp;
}
