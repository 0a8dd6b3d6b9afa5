import type { Receiver } from '../integration/events/receiver.ts';
import type { RtmpServer } from '../support/rtmp/index.ts';
import { temporaryDirectory } from '../support/temporary/index.ts';
import type { GuestClips } from './clips.ts';
import { EventSubscriber } from './event-subscriber.ts';
import { RuntimeUnderFire } from './runtime-under-fire.ts';

/** What outlasts a runtime. */
export type Surroundings = {
  rtmp: RtmpServer;
  receiver: Receiver;
  clips: { steady: GuestClips; talking: GuestClips };
};

/** What runs share, one after the other. */
export type Stage = Surroundings & { runtime: RuntimeUnderFire; subscriber: EventSubscriber };

/**
 * Starts a runtime on a folder of its own, which is gone afterwards.
 *
 * @param settings of the runtime, beside those of every runtime under test
 */
export async function openStage(
  surroundings: Surroundings,
  settings: Record<string, number> = {},
): Promise<Stage & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await temporaryDirectory('roomflow-chaos-'));
  const runtime = stack.use(await RuntimeUnderFire.start(directory.entry('data'), settings));
  const { url, serverKey } = runtime.clients;
  const subscriber = stack.use(new EventSubscriber(url, serverKey));
  const owned = stack.move();
  return { ...surroundings, runtime, subscriber, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
