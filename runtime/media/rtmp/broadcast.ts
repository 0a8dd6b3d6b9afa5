import { createFlvPackager, type FlvStream } from '../flv/index.ts';
import type { EncodedFrame } from '../frame.ts';
import type { RtmpDestination } from './destination.ts';
import { GroupCache } from './group-cache.ts';
import { createRtmpPusher, type PusherStatus, type RtmpPusher } from './pusher.ts';
import { startResolvedPush, type AddressOf } from './resolved-push.ts';

/** One encoded stream to any number of destinations: packed once, each with a queue and a fate of its own. */
export type RtmpBroadcast = {
  /** H.264 in Annex B form or raw AAC, on one clock. Called per frame. */
  push(frame: EncodedFrame): void;
  /** Begins to send to one more destination. An id that is there already is left as it is. */
  add(outputId: string, destination: RtmpDestination): void;
  /** Ends the stream at one destination; resolves when it is gone. An unknown id is nothing to do. */
  remove(outputId: string): Promise<void>;
  /** Packets that wait for the slowest destination. */
  longestQueue(): number;
  statuses(): ReadonlyMap<string, PusherStatus>;
  /** Ends all. */
  stop(): Promise<void>;
};

/** A destination waits at most this long for the encoder's own key frame before one is asked for. */
const PATIENCE_MS = 2500;

/**
 * @param options.addressOf asked before every attempt to connect to a destination
 * @param options.requestKeyFrame asks the source for a key frame; not called while regular ones come
 * @param options.onChange the state of a destination is another
 */
export function createRtmpBroadcast(options: {
  stream: FlvStream;
  addressOf: AddressOf;
  requestKeyFrame(): void;
  onChange(outputId: string, status: PusherStatus): void;
}): RtmpBroadcast {
  const { stream } = options;
  const packager = createFlvPackager(stream);
  const recent = new GroupCache();
  const pushers = new Map<string, RtmpPusher>();
  const bitrateBps = stream.audio.bitrateBps + (stream.video?.bitrateBps ?? 0);
  let lastKeyMs = 0;

  return {
    push(frame) {
      const packet = packager.push(frame);
      if (packet === null) {
        return;
      }
      recent.push(packet);
      if (packet.key) {
        lastKeyMs = packet.timestampMs;
      }
      let isAwaited = false;
      for (const pusher of pushers.values()) {
        pusher.push(packet);
        isAwaited ||= pusher.waitsForKey;
      }
      if (isAwaited && packet.timestampMs - lastKeyMs > PATIENCE_MS) {
        lastKeyMs = packet.timestampMs;
        options.requestKeyFrame();
      }
    },
    add(outputId, destination) {
      if (!pushers.has(outputId)) {
        pushers.set(
          outputId,
          createRtmpPusher({
            destination,
            bitrateBps,
            recent,
            connect: (attempt) => startResolvedPush(attempt, options.addressOf),
            onChange(status) {
              options.onChange(outputId, status);
            },
          }),
        );
      }
    },
    async remove(outputId) {
      const pusher = pushers.get(outputId);
      pushers.delete(outputId);
      await pusher?.stop();
    },
    longestQueue: () => Math.max(0, ...[...pushers.values()].map(({ waiting }) => waiting)),
    statuses: () => new Map([...pushers].map(([outputId, pusher]) => [outputId, pusher.status()])),
    async stop() {
      await Promise.all([...pushers.values()].map((pusher) => pusher.stop()));
    },
  };
}
