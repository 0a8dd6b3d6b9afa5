/**
 * The other side of the forwarding bench, the same for both workers: stock werift as one publisher or as
 * the subscribers, in a process of its own. Talks to the bench in messages.
 */
import { MediaStreamTrack, RTCPeerConnection, RtpHeader, RtpPacket, useVP8 } from 'werift';
import type { FromPeers, ToPeers } from './messages.ts';

const payloadBytes = 1000;
const connections: RTCPeerConnection[] = [];
let receivedPackets = 0;

function tell(message: FromPeers): void {
  process.send?.(message);
}

function connect(): RTCPeerConnection {
  const connection = new RTCPeerConnection({
    // Without feedback: what is measured is forwarding, not how much a busy machine makes peers complain.
    codecs: { video: [useVP8({ rtcpFeedback: [] })], audio: [] },
    iceServers: [],
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
    bundlePolicy: 'max-bundle',
  });
  connections.push(connection);
  return connection;
}

/** A VP8 packet that begins a frame; a key frame once in 300. */
function payloadOf(index: number): Buffer {
  const payload = Buffer.alloc(payloadBytes, 7);
  payload[0] = 0x10;
  payload[1] = index % 300 === 0 ? 0x10 : 0x11;
  return payload;
}

async function publish(): Promise<void> {
  const connection = connect();
  const track = new MediaStreamTrack({ kind: 'video' });
  connection.addTransceiver(track, { direction: 'sendonly' });
  await connection.setLocalDescription(await connection.createOffer());
  process.on('message', (message: ToPeers) => {
    if (message.type === 'answer') {
      void connection.setRemoteDescription({ type: 'answer', sdp: message.sdp });
    } else if (message.type === 'send') {
      send(track, message.packetsPerSecond);
    }
  });
  tell({ type: 'offer', sdp: connection.localDescription?.sdp ?? '' });
}

function send(track: MediaStreamTrack, packetsPerSecond: number): void {
  const startedAt = performance.now();
  let sent = 0;
  setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * packetsPerSecond;
    while (sent < due) {
      track.writeRtp(
        new RtpPacket(
          new RtpHeader({
            payloadType: 96,
            sequenceNumber: sent & 0xffff,
            timestamp: (sent * 300) >>> 0,
            ssrc: 1234,
          }),
          payloadOf(sent),
        ),
      );
      sent++;
    }
  }, 5);
}

async function answer(index: number, sdp: string): Promise<void> {
  const connection = connect();
  connection.connectionStateChange.subscribe((state) => {
    const [transport] = connection.dtlsTransports;
    if (state === 'connected' && transport !== undefined) {
      // Counts datagrams instead of decrypting them, so that the receivers leave the machine to the worker.
      const { onData } = transport.iceTransport.connection;
      onData.allUnsubscribe();
      onData.subscribe(() => {
        receivedPackets++;
      });
      tell({ type: 'connected', index });
    }
  });
  await connection.setRemoteDescription({ type: 'offer', sdp });
  await connection.setLocalDescription(await connection.createAnswer());
  tell({ type: 'answer', index, sdp: connection.localDescription?.sdp ?? '' });
}

if (process.argv[2] === 'publisher') {
  await publish();
} else {
  process.on('message', (message: ToPeers) => {
    if (message.type === 'offer') {
      void answer(message.index, message.sdp);
    } else if (message.type === 'count') {
      tell({ type: 'count', receivedPackets });
    }
  });
  tell({ type: 'ready' });
}
