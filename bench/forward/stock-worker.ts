/**
 * Stock werift doing the same as the runtime: every packet of a publisher to every subscriber. It has no
 * simulcast forwarding, so of several layers the highest is forwarded, told by its rid, and none is switched.
 */
import { MediaStreamTrack, RTCPeerConnection, useOPUS, useSdesMid, useSdesRTPStreamId, useVP8 } from 'werift';
import { answerBench } from './answer-bench.ts';
import { tell } from './worker-totals.ts';

type Output = { track: MediaStreamTrack; subscription: { connected: boolean } };
type Kind = 'audio' | 'video';

const forwardedRids: readonly (string | undefined)[] = [undefined, '', 'h'];
/** By publisher and media section: where its packets go. */
const outputs: { kind: Kind; to: Output[] }[][] = [];
const subscribers: RTCPeerConnection[] = [];
let receivedPackets = 0;
let forwardedPackets = 0;

function connect(): RTCPeerConnection {
  return new RTCPeerConnection({
    codecs: { video: [useVP8()], audio: [useOPUS()] },
    headerExtensions: { video: [useSdesMid(), useSdesRTPStreamId()], audio: [useSdesMid()] },
    iceServers: [],
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
    bundlePolicy: 'max-bundle',
  });
}

async function publish(index: number, sdp: string, kinds: readonly Kind[]): Promise<void> {
  const sections = kinds.map((kind) => ({ kind, to: [] as Output[] }));
  outputs[index] = sections;
  const connection = connect();
  await connection.setRemoteDescription({ type: 'offer', sdp });
  await connection.setLocalDescription(await connection.createAnswer());
  connection.getTransceivers().forEach(({ receiver }, section) => {
    for (const track of receiver.tracks) {
      forward(track, sections[section]?.to ?? []);
    }
  });
  tell({ type: 'publish', sdp: connection.localDescription?.sdp ?? '' });
}

function forward(incoming: MediaStreamTrack, to: readonly Output[]): void {
  const forwarded = forwardedRids.includes(incoming.rid);
  incoming.onReceiveRtp.subscribe((packet) => {
    receivedPackets++;
    if (!forwarded) {
      return;
    }
    for (const { track, subscription } of to) {
      if (subscription.connected) {
        track.writeRtp(packet);
        forwardedPackets++;
      }
    }
  });
}

async function subscribe(index: number, publishers: readonly number[]): Promise<void> {
  const connection = connect();
  subscribers[index] = connection;
  const subscription = { connected: false };
  connection.connectionStateChange.subscribe((state) => {
    subscription.connected = state === 'connected';
  });
  for (const section of publishers.flatMap((publisher) => outputs[publisher] ?? [])) {
    const track = new MediaStreamTrack({ kind: section.kind });
    connection.addTransceiver(track, { direction: 'sendonly' });
    section.to.push({ track, subscription });
  }
  await connection.setLocalDescription(await connection.createOffer());
  tell({ type: 'subscribe', sdp: connection.localDescription?.sdp ?? '' });
}

answerBench({
  publish: ({ publisher, sdp, kinds }) => publish(publisher, sdp, kinds),
  subscribe: ({ subscriber, publishers }) => subscribe(subscriber, publishers),
  answer: async ({ subscriber, sdp }) => {
    await subscribers[subscriber]?.setRemoteDescription({ type: 'answer', sdp });
  },
  counted: () => ({ forwardedPackets, receivedPackets }),
});
