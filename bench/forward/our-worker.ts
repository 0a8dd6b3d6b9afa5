/** The runtime's own forwarding, in a process of its own so that its CPU time is its own. */
import { createPublisher, createSubscriber } from '../../runtime/webrtc/index.ts';
import type { IncomingTrack, Subscriber } from '../../runtime/webrtc/index.ts';
import type { ToWorker } from './messages.ts';
import { processTotals, startProfile, tell, watchGc, writeProfile } from './worker-totals.ts';

const settings = { bindAddresses: ['127.0.0.1'] };
const tracks: IncomingTrack[][] = [];
const subscribers: Subscriber[] = [];

async function publish(index: number, sdp: string, kinds: readonly ('audio' | 'video')[]): Promise<void> {
  const published: IncomingTrack[] = [];
  tracks[index] = published;
  const publisher = await createPublisher(settings, `publisher-${index}`, {
    onTrack: (track) => published.push(track),
    onTrackEnded: () => undefined,
    onState: () => undefined,
  });
  const announced = kinds.map((kind, mid) => ({ mid: String(mid), kind, trackId: `${index}-${mid}` }));
  tell({ type: 'publish', sdp: await publisher.answer(sdp, announced) });
}

async function subscribe(index: number, publishers: readonly number[]): Promise<void> {
  const subscriber = await createSubscriber(settings, {
    onOffer: (offer) => tell({ type: 'subscribe', sdp: offer.sdp }),
    onState: () => undefined,
  });
  subscribers[index] = subscriber;
  for (const publisher of publishers) {
    for (const track of tracks[publisher] ?? []) {
      subscriber.add(track);
    }
  }
}

function forwardedPackets(): number {
  return subscribers.reduce(
    (sum, { stats }) => Object.values(stats.tracks).reduce((total, { packets }) => total + packets, sum),
    0,
  );
}

process.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'publish':
      void publish(message.publisher, message.sdp, message.kinds);
      break;
    case 'subscribe':
      void subscribe(message.subscriber, message.publishers);
      break;
    case 'answer':
      subscribers[message.subscriber]?.acceptAnswer(1, message.sdp);
      tell({ type: 'answer' });
      break;
    case 'measure':
      tell({
        type: 'measure',
        ...processTotals(),
        forwardedPackets: forwardedPackets(),
        receivedPackets: tracks.flat().reduce((sum, { stats }) => sum + stats.packets, 0),
      });
      break;
    case 'watchGc':
      tell({ type: 'watchGc', gcMilliseconds: watchGc(message.on) });
      break;
    case 'profile':
      void startProfile().then(() => tell({ type: 'profile' }));
      break;
    case 'profiled':
      void writeProfile(message.file).then(() => tell({ type: 'profiled' }));
      break;
  }
});
tell({ type: 'ready' });
