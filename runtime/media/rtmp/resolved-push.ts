import { startRtmpPush, type RtmpPush, type RtmpPushOptions } from '../ffmpeg/index.ts';
import { destinationAt, type RtmpDestination } from './destination.ts';

/**
 * Looks a host up and gives one address that may be connected to; another one for each further attempt, where there are
 * several. Rejects for a host that is nowhere, or where it is not allowed.
 */
export type AddressOf = (hostname: string, attempt: number) => Promise<string>;

/** One attempt to push to a destination. */
export type PushAttempt = Omit<RtmpPushOptions, 'target'> & {
  destination: RtmpDestination;
  /** 0 for the first. */
  attempt: number;
};

/**
 * A push to the address that `addressOf` gives, and to no other: names can lead elsewhere at every attempt. What is
 * written before the address is known is held.
 */
export function startResolvedPush(
  options: PushAttempt,
  addressOf: AddressOf,
  connect: (options: RtmpPushOptions) => RtmpPush = startRtmpPush,
): RtmpPush {
  const { destination, attempt, ...rest } = options;
  let held: Uint8Array[] = [];
  let push: RtmpPush | null = null;
  let isOver = false;

  const open = async (): Promise<void> => {
    try {
      const address = await addressOf(destination.hostname, attempt);
      if (isOver) {
        return;
      }
      push = connect({ ...rest, target: destinationAt(destination, address) });
    } catch (error) {
      options.onEnd([error instanceof Error ? error.message : String(error)]);
      return;
    }
    let isReady = true;
    for (const flv of held) {
      isReady = push.write(flv);
    }
    held = [];
    if (isReady) {
      options.onDrain();
    }
  };
  const opened = open();

  return {
    write(flv) {
      if (push) {
        return push.write(flv);
      }
      held.push(flv);
      return false;
    },
    async end(graceMs) {
      isOver = true;
      await opened;
      await push?.end(graceMs);
    },
    kill() {
      isOver = true;
      push?.kill();
    },
  };
}
