import { RTCPeerConnection, useOPUS, useVP8 } from 'werift';
import { digestOf } from './media-publisher.ts';
import type { SignallingParticipant } from './signalling-participant.ts';

/** One RTP packet as it came. `atMs`: milliseconds since 1970; `digest` as of the frame that was sent. */
export type RtpArrival = {
  sequenceNumber: number;
  timestamp: number;
  digest: string;
  atMs: number;
};

/** What a participant receives of the others, over the connection that the runtime offers it. */
export type Watching = AsyncDisposable & {
  /** Resolves when so many more packets of a track have come. */
  received(trackId: string, packets: number): Promise<void>;
  /** Of one track, so far. */
  arrivals(trackId: string): readonly RtpArrival[];
};

const PATIENCE_MS = 20_000;

/** Takes every subscribe offer of a participant that has called `media-start`, and counts what comes. */
export function watchAs(participant: SignallingParticipant): Watching {
  const connection = new RTCPeerConnection({
    codecs: { audio: [useOPUS()], video: [useVP8()] },
    iceServers: [],
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
  });
  const arrivals = new Map<string, RtpArrival[]>();
  const arrivalsOf = (trackId: string): RtpArrival[] => {
    const known = arrivals.get(trackId) ?? [];
    arrivals.set(trackId, known);
    return known;
  };
  const waiting = new Set<() => void>();
  const trackIds = new Map<string, string>();
  connection.onRemoteTransceiverAdded.subscribe((transceiver) => {
    transceiver.onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe(({ header, payload }) => {
        const { sequenceNumber, timestamp } = header;
        const trackId = trackIds.get(transceiver.mid ?? '') ?? '';
        const digest = digestOf(payload);
        arrivalsOf(trackId).push({ sequenceNumber, timestamp, digest, atMs: Date.now() });
        for (const look of waiting) {
          look();
        }
      });
    });
  });

  let latestOffer = -1;
  const answerNext = async (): Promise<void> => {
    const offer = await participant.notified('subscribe-offer', ({ offerId }) => offerId > latestOffer, {
      timeoutMs: 120_000,
    });
    latestOffer = offer.offerId;
    for (const { mid, trackId } of offer.tracks) {
      trackIds.set(mid, trackId);
    }
    await connection.setRemoteDescription({ type: 'offer', sdp: offer.sdp });
    await connection.setLocalDescription(await connection.createAnswer());
    const sdp = connection.localDescription?.sdp ?? '';
    await participant.call('subscribe-answer', { offerId: offer.offerId, sdp });
    return answerNext();
  };
  let isClosed = false;
  const answering = answerNext().catch((error: unknown) => {
    if (!isClosed && connection.connectionState !== 'closed') {
      throw error;
    }
  });

  return {
    received: async (trackId, packets) => {
      const goal = arrivalsOf(trackId).length + packets;
      let look = (): void => undefined;
      const enough = new Promise<void>((resolve) => {
        look = () => {
          if (arrivalsOf(trackId).length >= goal) {
            resolve();
          }
        };
        waiting.add(look);
      });
      const patience = new Promise<never>((_resolve, reject) => {
        AbortSignal.timeout(PATIENCE_MS).addEventListener('abort', () => {
          reject(new Error(`of track ${trackId} came ${arrivalsOf(trackId).length} packets, not ${goal}`));
        });
      });
      try {
        await Promise.race([enough, patience, answering]);
      } finally {
        waiting.delete(look);
      }
    },
    arrivals: arrivalsOf,
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      await connection.close();
    },
  };
}
