/** Stock werift doing the same as the runtime: every packet of the publisher to every subscriber. */
import { MediaStreamTrack, RTCPeerConnection, useVP8 } from 'werift';
import type { FromWorker, ToWorker } from './messages.ts';

const subscribers: { connection: RTCPeerConnection; track: MediaStreamTrack; connected: boolean }[] = [];
let receivedPackets = 0;
let forwardedPackets = 0;

function tell(message: FromWorker): void {
  process.send?.(message);
}

function connect(): RTCPeerConnection {
  return new RTCPeerConnection({
    codecs: { video: [useVP8()], audio: [] },
    iceServers: [],
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
    bundlePolicy: 'max-bundle',
  });
}

async function publish(sdp: string, count: number): Promise<void> {
  const connection = connect();
  connection.onTrack.subscribe((incoming) => {
    incoming.onReceiveRtp.subscribe((packet) => {
      receivedPackets++;
      for (const subscriber of subscribers) {
        if (subscriber.connected) {
          subscriber.track.writeRtp(packet);
          forwardedPackets++;
        }
      }
    });
  });
  await connection.setRemoteDescription({ type: 'offer', sdp });
  await connection.setLocalDescription(await connection.createAnswer());
  tell({ type: 'answer', sdp: connection.localDescription?.sdp ?? '' });
  for (let index = 0; index < count; index++) {
    const subscriber = {
      connection: connect(),
      track: new MediaStreamTrack({ kind: 'video' }),
      connected: false,
    };
    subscribers.push(subscriber);
    subscriber.connection.addTransceiver(subscriber.track, { direction: 'sendonly' });
    subscriber.connection.connectionStateChange.subscribe((state) => {
      subscriber.connected = state === 'connected';
    });
    await subscriber.connection.setLocalDescription(await subscriber.connection.createOffer());
    tell({ type: 'offer', index, sdp: subscriber.connection.localDescription?.sdp ?? '' });
  }
}

process.on('message', (message: ToWorker) => {
  if (message.type === 'publish') {
    void publish(message.sdp, message.subscribers);
  } else if (message.type === 'answer') {
    const { connection } = subscribers[message.index] ?? {};
    void connection?.setRemoteDescription({ type: 'answer', sdp: message.sdp });
  } else {
    const { user, system } = process.cpuUsage();
    tell({ type: 'measure', cpuMicroseconds: user + system, forwardedPackets, receivedPackets });
  }
});
tell({ type: 'ready' });
