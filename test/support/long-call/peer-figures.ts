import type { Page } from 'playwright-core';
import { PEERS } from '../runtime/index.ts';

/** A track that a page receives, as its browser counts: all since the track began. */
export type ReceivedFigures = {
  trackId: string;
  kind: 'audio' | 'video';
  framesDecoded: number;
  height: number;
  /** Squared level times seconds (W3C webrtc-stats, `totalAudioEnergy`). */
  audioEnergy: number;
  packetsReceived: number;
  freezeSeconds: number;
  /** Repeats of lost packets, and how many packets were asked for again. */
  repeatsReceived: number;
  nacksSent: number;
  keyFrameRequests: number;
};

/** What a page sends, of all its tracks together. */
export type SentFigures = { packetsSent: number; repeatsSent: number; keyFrameRequests: number };

export type PeerFigures = { received: ReceivedFigures[]; sent: SentFigures };

/** The page is to be watched with `watchPeerConnections`. Connections that are closed do not count. */
export function peerFigures(page: Page): Promise<PeerFigures> {
  return page.evaluate(async (name) => {
    type Report = Partial<Record<string, number>> & {
      type: string;
      kind: 'audio' | 'video';
      trackIdentifier: string;
    };
    const received: ReceivedFigures[] = [];
    const sent = { packetsSent: 0, repeatsSent: 0, keyFrameRequests: 0 };
    const peers = Reflect.get(globalThis, name) as RTCPeerConnection[];
    for (const peer of peers.filter(({ connectionState }) => connectionState !== 'closed')) {
      (await peer.getStats()).forEach((report: Report) => {
        if (report.type === 'inbound-rtp') {
          received.push({
            trackId: report.trackIdentifier,
            kind: report.kind,
            framesDecoded: report['framesDecoded'] ?? 0,
            height: report['frameHeight'] ?? 0,
            audioEnergy: report['totalAudioEnergy'] ?? 0,
            packetsReceived: report['packetsReceived'] ?? 0,
            freezeSeconds: report['totalFreezesDuration'] ?? 0,
            repeatsReceived: report['retransmittedPacketsReceived'] ?? 0,
            nacksSent: report['nackCount'] ?? 0,
            keyFrameRequests: report['pliCount'] ?? 0,
          });
        } else if (report.type === 'outbound-rtp') {
          sent.packetsSent += report['packetsSent'] ?? 0;
          sent.repeatsSent += report['retransmittedPacketsSent'] ?? 0;
          sent.keyFrameRequests += report['pliCount'] ?? 0;
        }
      });
    }
    return { received, sent };
  }, PEERS);
}
