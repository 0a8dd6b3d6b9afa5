/** The runtime's own forwarding, in a process of its own so that its CPU time is its own. */
import { createPublisher, createSubscriber } from '../../runtime/webrtc/index.ts';
import type { IncomingTrack, Subscriber, WebRtcSettings } from '../../runtime/webrtc/index.ts';
import { answerBench } from './answer-bench.ts';
import { tell } from './worker-totals.ts';

const settings: WebRtcSettings = {
  bindAddresses: ['127.0.0.1'],
  packetPath: process.argv[2] === 'native' ? 'native' : 'fast',
};
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

answerBench({
  publish: ({ publisher, sdp, kinds }) => publish(publisher, sdp, kinds),
  subscribe: ({ subscriber, publishers }) => subscribe(subscriber, publishers),
  answer: ({ subscriber, sdp }) => {
    subscribers[subscriber]?.acceptAnswer(1, sdp);
    return Promise.resolve();
  },
  counted: () => ({
    forwardedPackets: forwardedPackets(),
    receivedPackets: tracks.flat().reduce((sum, { stats }) => sum + stats.packets, 0),
  }),
});
