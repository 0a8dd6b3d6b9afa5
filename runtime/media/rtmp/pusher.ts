import { createActor, fromCallback } from 'xstate';
import type { RtmpPush } from '../ffmpeg/index.ts';
import type { FlvConfiguration, FlvPacket } from '../flv/index.ts';
import type { RtmpDestination } from './destination.ts';
import type { GroupCache } from './group-cache.ts';
import { LeakyQueue } from './leaky-queue.ts';
import { beginning, handedOver, isAlive, taken } from './liveness.ts';
import { pusherMachine, type PusherEvent } from './pusher-machine.ts';
import { pushError } from './push-error.ts';
import type { PushAttempt } from './resolved-push.ts';

export type PusherState = 'connecting' | 'live' | 'retrying' | 'stopped';

/** How a destination does; nothing secret. */
export type PusherStatus = {
  state: PusherState;
  bytesSent: number;
  /** Packets that came while the destination was away or too slow for them. */
  framesDropped: number;
  retries: number;
  lastError: string | null;
};

/** Brings one stream to one destination, whatever the destination does. Nothing here waits for it. */
export type RtmpPusher = {
  readonly shownUrl: string;
  push(packet: FlvPacket): void;
  /** Packets that wait for the destination. */
  readonly waiting: number;
  /** It can only begin with a key frame and has none. */
  readonly waitsForKey: boolean;
  status(): PusherStatus;
  /** Ends the stream at the server. Idempotent; resolves when no process of it is left. */
  stop(): Promise<void>;
};

/** How often a connection is looked at. */
const WATCH_EVERY_MS = 500;
const GOODBYE_MS = 2000;
const MIN_SEND_BUFFER_BYTES = 32 * 1024;
/**
 * Half a second of the stream, which the kernel doubles: little enough that a peer which stopped reading is noticed soon,
 * and enough for a round trip of half a second. Measured on loopback, whose receive buffers are the largest: 7 to 9.5 s.
 */
const SEND_BUFFER_SECONDS = 0.5;

/**
 * @param options.recent the stream since its last key frame, shared by all destinations of a stream
 * @param options.onChange the state is another; called outside of `push`
 * @param options.connect begins an attempt
 */
export function createRtmpPusher(options: {
  destination: RtmpDestination;
  bitrateBps: number;
  recent: GroupCache;
  onChange(status: PusherStatus): void;
  connect(attempt: PushAttempt): RtmpPush;
  now?: () => number;
  random?: () => number;
}): RtmpPusher {
  const { destination, recent } = options;
  const { now = () => performance.now(), random = Math.random } = options;
  const sendBufferBytes = Math.max(
    MIN_SEND_BUFFER_BYTES,
    Math.round((options.bitrateBps / 8) * SEND_BUFFER_SECONDS),
  );
  const queue = new LeakyQueue();
  /** Bytes of the connections that are over. */
  let bytesBefore = 0;
  let missed = 0;
  let attempts = 0;
  let pump: (() => void) | null = null;
  let liveness = beginning(now());
  let goodbye: Promise<void> = Promise.resolve();

  const connection = fromCallback<PusherEvent>(({ sendBack }) => {
    let isOpen = true;
    let isReady = true;
    let configuration: FlvConfiguration | null = null;
    const lose = (message: string): void => {
      if (isOpen) {
        isOpen = false;
        sendBack({ type: 'lost', message });
      }
    };
    liveness = beginning(now());
    queue.beginWith(recent.packets);
    let push: RtmpPush;
    try {
      push = options.connect({
        destination,
        attempt: attempts++,
        sendBufferBytes,
        onProgress(bytes) {
          if (!isOpen) {
            return;
          }
          const wasAccepted = liveness.accepted;
          liveness = taken(liveness, bytes, now());
          if (!wasAccepted && liveness.accepted) {
            sendBack({ type: 'accepted' });
          }
        },
        onDrain() {
          isReady = true;
          if (isOpen) {
            pump?.();
          }
        },
        onEnd(complaints) {
          lose(pushError(complaints, destination));
        },
      });
    } catch (error) {
      // Out of processes or file descriptors: like any other loss, it may be better in a moment.
      lose(pushError([error instanceof Error ? error.message : String(error)], destination));
      return undefined;
    }
    const write = (bytes: Uint8Array): void => {
      isReady = push.write(bytes);
    };
    pump = () => {
      while (isReady && isOpen) {
        const packet = queue.shift();
        if (packet === undefined) {
          return;
        }
        if (packet.configuration !== configuration) {
          write(configuration === null ? packet.configuration.opening : packet.configuration.change);
          configuration = packet.configuration;
        }
        write(packet.data);
        liveness = handedOver(liveness, now());
      }
    };
    pump();
    const watch = setInterval(() => {
      if (!isAlive(liveness, now())) {
        lose(
          liveness.bytesTaken > 0
            ? 'The server has stopped taking data.'
            : 'The server does not answer the RTMP handshake.',
        );
        push.kill();
      }
    }, WATCH_EVERY_MS);
    return () => {
      isOpen = false;
      pump = null;
      clearInterval(watch);
      bytesBefore += liveness.bytesTaken;
      liveness = beginning(now());
      queue.clear();
      goodbye = push.end(GOODBYE_MS);
    };
  });

  const actor = createActor(pusherMachine.provide({ actors: { connection } }), { input: { now, random } });
  let state: PusherState = 'connecting';

  function status(): PusherStatus {
    const { retries, lastError } = actor.getSnapshot().context;
    return {
      state,
      bytesSent: bytesBefore + liveness.bytesTaken,
      framesDropped: missed + queue.dropped,
      retries,
      lastError,
    };
  }

  actor.subscribe((snapshot) => {
    const next = typeof snapshot.value === 'string' ? snapshot.value : snapshot.value.connected;
    if (next !== state) {
      state = next;
      options.onChange(status());
    }
  });
  actor.start();

  return {
    shownUrl: destination.shownUrl,
    push(packet) {
      if (pump === null) {
        missed += 1;
      } else {
        queue.push(packet);
        pump();
      }
    },
    get waiting() {
      return queue.length;
    },
    get waitsForKey() {
      return pump !== null && queue.waitsForKey;
    },
    status,
    async stop() {
      if (actor.getSnapshot().status === 'active') {
        actor.send({ type: 'stop' });
      }
      await goodbye;
    },
  };
}
