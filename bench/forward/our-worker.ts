/** The runtime's own forwarding, in a process of its own so that its CPU time is its own. */
import { createPublisher, createSubscriber } from '../../runtime/webrtc/index.ts';
import type { IncomingTrack, Subscriber } from '../../runtime/webrtc/index.ts';
import type { FromWorker, ToWorker } from './messages.ts';

const settings = { bindAddresses: ['127.0.0.1'] };
const subscribers: Subscriber[] = [];
let track: IncomingTrack | undefined;

function tell(message: FromWorker): void {
  process.send?.(message);
}

async function publish(sdp: string, count: number): Promise<void> {
  const publisher = await createPublisher(settings, 'publisher', {
    onTrack: (incoming) => {
      track = incoming;
    },
    onTrackEnded: () => undefined,
    onState: () => undefined,
  });
  tell({ type: 'answer', sdp: await publisher.answer(sdp, [{ mid: '0', kind: 'video', trackId: 'video' }]) });
  for (let index = 0; index < count && track !== undefined; index++) {
    const subscriber = await createSubscriber(settings, {
      onOffer: (offer) => tell({ type: 'offer', index, sdp: offer.sdp }),
      onState: () => undefined,
    });
    subscribers.push(subscriber);
    subscriber.add(track);
  }
}

process.on('message', (message: ToWorker) => {
  if (message.type === 'publish') {
    void publish(message.sdp, message.subscribers);
  } else if (message.type === 'answer') {
    subscribers[message.index]?.acceptAnswer(1, message.sdp);
  } else {
    const { user, system } = process.cpuUsage();
    tell({
      type: 'measure',
      cpuMicroseconds: user + system,
      forwardedPackets: subscribers.reduce(
        (sum, { stats }) => sum + (stats.tracks['video']?.packets ?? 0),
        0,
      ),
      receivedPackets: track?.stats.packets ?? 0,
    });
  }
});
tell({ type: 'ready' });
