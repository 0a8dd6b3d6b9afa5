import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { Recording } from '../../contract/index.ts';
import type { RuntimeKeys } from '../../config/index.ts';
import {
  insertDelivery,
  listPendingUrls,
  listRecordingDeliveries,
  pruneDeliveries,
  refusePending,
  updateDelivery,
  type Store,
  type StoredDelivery,
} from '../../store/index.ts';
import type { EventLog } from '../log.ts';
import { createLane, type Lane } from './lane.ts';
import { describeAnswer, outcomeOf, type Answer } from './outcome.ts';
import { startOutbox } from './outbox.ts';
import { post, type Fetch } from './post.ts';
import { nextAttemptAtMs } from './schedule.ts';
import { webhookSigner } from './signature.ts';

export type WebhookDelivery = {
  /** Goes on with what is pending, and brings each new event to the webhooks that want it. */
  readonly start: () => void;
  /** Ends attempts under way; they are made again after the next start. */
  readonly stop: () => Promise<void>;
  /**
   * Has a body brought to a URL, once successfully: a second call for the same recording changes nothing.
   * May be part of a transaction.
   */
  readonly enqueueCallback: (callback: {
    recordingId: string;
    roomId: string;
    url: string;
    body: unknown;
  }) => void;
  /** How the deliveries of a recording went, in VideoSDK's shape. */
  readonly summary: (recordingId: string) => Recording['webhook'];
};

const day = 86_400_000;
const keptForMs = 30 * day;
const pruneEveryMs = 3_600_000;

/**
 * Webhooks of rooms and jobs, and callbacks. Everything to be delivered lies in the store until it is: a
 * restart loses nothing, and repeats at most the attempt it cut off.
 *
 * @param options.now milliseconds since 1970
 * @param options.random from 0 to 1, for the jitter
 * @param options.concurrency attempts at a time over all URLs; each URL gets one at a time
 * @param options.onError the store failed under an attempt; the delivery stays pending
 */
export function createWebhookDelivery(options: {
  store: Store;
  events: EventLog;
  keys: Pick<RuntimeKeys, 'webhookPrivateKey' | 'webhookSecret'>;
  now?: () => number;
  random?: () => number;
  fetch?: Fetch;
  timeoutMs?: number;
  concurrency?: number;
  onError?: (error: unknown) => void;
}): WebhookDelivery {
  const { store, events, keys, now = Date.now, random = Math.random, fetch = globalThis.fetch } = options;
  const { timeoutMs = 15_000, concurrency = 8 } = options;
  const onError =
    options.onError ??
    ((error: unknown) => process.emitWarning(error instanceof Error ? error : new Error(String(error))));
  const signed = webhookSigner(keys);
  const limit = pLimit(concurrency);
  const lanes = new Map<string, Lane>();
  const underWay = new Set<Promise<void>>();
  let running: { stop: () => void; abort: AbortController; pruning: NodeJS.Timeout } | undefined;

  const settle = (delivery: StoredDelivery, answer: Answer): void => {
    const { id, kind, url } = delivery;
    const attempts = delivery.attempts + 1;
    const lastStatus = 'status' in answer ? answer.status : null;
    const outcome = outcomeOf(kind, answer);
    if (outcome === 'delivered') {
      updateDelivery(store, id, {
        attempts,
        state: 'delivered',
        lastStatus,
        lastError: null,
        endedAtMs: now(),
      });
      return;
    }
    const lastError = describeAnswer(answer);
    if (outcome === 'retry') {
      const retryAfterMs = 'status' in answer ? answer.retryAfterMs : 0;
      const next = nextAttemptAtMs(kind, attempts, now(), random(), retryAfterMs);
      updateDelivery(
        store,
        id,
        next === null
          ? { attempts, state: 'failed', lastStatus, lastError, endedAtMs: now() }
          : { attempts, nextAttemptAtMs: next, lastStatus, lastError },
      );
      return;
    }
    store.transact(() => {
      updateDelivery(store, id, { attempts, state: 'refused', lastStatus, lastError, endedAtMs: now() });
      if (outcome === 'gone') {
        refusePending(store, url, 'The receiver answered 410 Gone to an earlier delivery.', now());
      }
    });
  };

  const attempt = async (delivery: StoredDelivery, stop: AbortSignal): Promise<void> => {
    const { url, body } = delivery;
    const headers = await signed(delivery.eventId ?? delivery.id, body, now());
    const answer = await post(fetch, { url, body, headers, timeoutMs, stop });
    // Cut off by our own stop: as if it had not been made.
    if (!stop.aborted) {
      settle(delivery, answer);
    }
  };

  const wake = (url: string): void => {
    if (running === undefined) {
      return;
    }
    const { signal } = running.abort;
    let lane = lanes.get(url);
    if (lane === undefined) {
      const limited = (delivery: StoredDelivery): Promise<void> => {
        const made = limit(() => (signal.aborted ? Promise.resolve() : attempt(delivery, signal)));
        underWay.add(made);
        return made.finally(() => underWay.delete(made));
      };
      lane = createLane(store, url, now, limited, () => lanes.delete(url), onError);
      lanes.set(url, lane);
    }
    lane.wake();
  };

  const prune = (): void => {
    try {
      pruneDeliveries(store, now() - keptForMs);
    } catch (error) {
      onError(error);
    }
  };

  return {
    start: () => {
      if (running !== undefined) {
        return;
      }
      const pruning = setInterval(prune, pruneEveryMs).unref();
      const outbox = startOutbox(store, events, now, wake, onError);
      running = { stop: outbox.stop, abort: new AbortController(), pruning };
      prune();
      for (const url of listPendingUrls(store)) {
        wake(url);
      }
    },
    stop: async () => {
      if (running === undefined) {
        return;
      }
      const { stop, abort, pruning } = running;
      running = undefined;
      stop();
      clearInterval(pruning);
      for (const lane of lanes.values()) {
        lane.stop();
      }
      lanes.clear();
      abort.abort();
      await Promise.allSettled(underWay);
    },
    enqueueCallback: ({ recordingId, roomId, url, body }) => {
      store.transact(() => {
        if (listRecordingDeliveries(store, recordingId).some(({ kind }) => kind === 'callback')) {
          return;
        }
        insertDelivery(store, {
          id: randomUUID(),
          eventId: null,
          recordingId,
          roomId,
          url,
          kind: 'callback',
          subject: 'callback',
          body: JSON.stringify(body),
          createdAtMs: now(),
        });
        store.afterCommit(() => wake(url));
      });
    },
    summary: (recordingId) => {
      const deliveries = listRecordingDeliveries(store, recordingId);
      return {
        totalCount: deliveries.length,
        successCount: deliveries.filter(({ state }) => state === 'delivered').length,
        data: deliveries.map(({ subject, kind, url, state, attempts, lastStatus, lastError }) => ({
          webhookType: subject,
          kind,
          url,
          status: state,
          attempts,
          lastStatus,
          lastError,
        })),
      };
    },
  };
}
