/**
 * All subscribers of a case in one process: werift connects them, then their datagrams are counted and a
 * sample is decrypted, to read when the publisher sent it. Talks to the bench in messages.
 */
import { createSocket } from 'node:dgram';
import { noExtensions } from '../../runtime/webrtc/rtp/header-extensions.ts';
import { newSessionId, writeLocalDescription } from '../../runtime/webrtc/sdp/local-description.ts';
import { readRemoteDescription } from '../../runtime/webrtc/sdp/remote-description.ts';
import type { RemoteDescription } from '../../runtime/webrtc/sdp/remote-description.ts';
import { ArrivalCount } from './arrivals.ts';
import type { FromSubscribers, ToSubscribers } from './messages.ts';
import { monotonicMs } from './monotonic.ts';
import type { PacketPath } from '../../runtime/webrtc/packet-path.ts';
import { Peer } from './peer.ts';
import { sendTimeBytes } from './traffic.ts';

const arrivals = new ArrivalCount();
const connected = new Map<number, Promise<void>>();
const directSocket = createSocket('udp4');
let cpuAtStart = process.cpuUsage();

function tell(message: FromSubscribers): void {
  process.send?.(message);
}

function noteDelay(plain: Buffer): void {
  arrivals.addDelay(monotonicMs() - plain.readDoubleBE(plain.length - sendTimeBytes));
}

async function accept(index: number, sdp: string): Promise<void> {
  const offer = readRemoteDescription(sdp, 'offer');
  const peer = await Peer.create('answerer');
  connected.set(index, connect(peer, offer));
  tell({ type: 'accept', sdp: writeAnswer(offer, peer) });
}

async function connect(peer: Peer, offer: RemoteDescription): Promise<void> {
  let path: PacketPath | undefined = undefined;
  const onMedia = (data: Buffer) => {
    const payloadType = (data[1] ?? 0) & 0x7f;
    // Not RTCP (RFC 5761 section 4).
    if ((payloadType < 64 || payloadType >= 96) && arrivals.add()) {
      const plain = path?.unprotectRtp(data);
      if (plain !== undefined) {
        noteDelay(plain);
      }
    }
  };
  ({ path } = await peer.connect(offer, 'client', onMedia));
}

async function reportConnected(subscriber: number): Promise<void> {
  await connected.get(subscriber);
  tell({ type: 'connected', subscriber });
}

function writeAnswer(offer: RemoteDescription, peer: Peer): string {
  return writeLocalDescription({
    sessionId: newSessionId(),
    version: 1,
    transport: peer.parameters,
    setup: 'active',
    candidates: peer.candidates,
    sections: offer.sections.map((section) => {
      const codec = section.codecs[0];
      if (section.type === 'other' || codec === undefined) {
        throw new Error(`The worker offers a section "${section.mid}" that nobody asked for.`);
      }
      return {
        refused: false,
        type: section.type,
        mid: section.mid,
        direction: 'recvonly',
        // Without feedback and retransmissions: what is measured is forwarding, not how a busy machine's peers complain.
        codec: { ...codec, rtxPayloadType: -1 },
        extensions: { ...noExtensions, audioLevel: section.extensions.audioLevel },
        rids: [],
        stream: undefined,
      };
    }),
  });
}

process.on('message', (message: ToSubscribers) => {
  switch (message.type) {
    case 'accept':
      void accept(message.subscriber, message.sdp);
      break;
    case 'connected':
      void reportConnected(message.subscriber);
      break;
    case 'count':
      cpuAtStart = process.cpuUsage();
      arrivals.start(message.sampleEvery);
      tell({ type: 'count' });
      break;
    case 'counted': {
      const { user, system } = process.cpuUsage(cpuAtStart);
      tell({ type: 'counted', cpuMicroseconds: user + system, ...arrivals.take() });
      break;
    }
    case 'direct':
      tell({ type: 'direct', port: directSocket.address().port });
      break;
  }
});

directSocket.on('message', (data) => {
  if (arrivals.add()) {
    noteDelay(data);
  }
});
directSocket.bind(0, '127.0.0.1', () => tell({ type: 'ready' }));
