import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RoomflowEvent } from '../../../runtime/contract/index.ts';
import { createEventLog, type EventLog, type ResetReason } from '../../../runtime/events/index.ts';
import { openStore, type Store } from '../../../runtime/store/index.ts';

type Seen = string | { reset: ResetReason } | { ready: string };

let store: Store;
let log: EventLog;
let nowMs = Date.parse('2026-01-01T00:00:00Z');
const errors: unknown[] = [];

beforeEach(async () => {
  errors.length = 0;
  store = await openStore({ file: ':memory:' });
  log = makeLog();
});
afterEach(async () => {
  log.close();
  await store.close();
});

const makeLog = (): EventLog =>
  createEventLog({
    store,
    now: () => nowMs,
    retention: { days: 2, count: 1000 },
    onError: (error) => errors.push(error),
  });

const reconnecting = (participantId: string, roomId = 'room-1'): RoomflowEvent =>
  log.append('participant-reconnecting', {
    roomId,
    sessionId: 'session-1',
    data: { participantId, participantName: participantId },
  });

const nameOf = (event: RoomflowEvent): string =>
  'participantId' in event.data && event.data.participantId !== null ? event.data.participantId : event.type;

/** Follows the log and resolves once it is live, with what it has seen up to then and will see. */
async function follow(query: Parameters<EventLog['subscribe']>[0]): Promise<Seen[]> {
  const seen: Seen[] = [];
  await new Promise<void>((resolve) => {
    log.subscribe(query, {
      onEvent: (event) => seen.push(nameOf(event)),
      onReset: ({ reason }) => seen.push({ reset: reason }),
      onReady: (ready) => {
        seen.push({ ready });
        resolve();
      },
    });
  });
  return seen;
}

describe('append', () => {
  it('numbers events and fills their scope into the data', () => {
    const event = log.append('participant-left', {
      roomId: 'room-1',
      sessionId: 'session-1',
      data: { participantId: 'ada', participantName: 'Ada', reason: 'left' },
    });
    expect(event).toEqual({
      epoch: log.epoch,
      seq: 1,
      id: event.id,
      type: 'participant-left',
      roomId: 'room-1',
      sessionId: 'session-1',
      at: '2026-01-01T00:00:00.000Z',
      data: {
        roomId: 'room-1',
        meetingId: 'room-1',
        sessionId: 'session-1',
        participantId: 'ada',
        participantName: 'Ada',
        reason: 'left',
      },
    });
    expect(log.read({ cursor: 'earliest' }).events).toEqual([event]);
  });

  it('delivers in the same turn, after the event is written', async () => {
    await follow({});
    const written: number[] = [];
    log.subscribe({}, { onEvent: () => written.push(log.read({ cursor: 'earliest' }).events.length) });
    await Promise.resolve();
    reconnecting('ada');
    expect(written).toEqual([1]);
  });

  it('waits for the commit of the transaction it is part of', async () => {
    const seen = await follow({});
    store.transact(() => {
      reconnecting('ada');
      expect(seen).toHaveLength(1);
    });
    expect(seen.slice(1)).toEqual(['ada']);
  });

  it('tells nobody of an event that was rolled back, and gives its number out again', async () => {
    const seen = await follow({});
    expect(() =>
      store.transact(() => {
        reconnecting('ada');
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(reconnecting('bob').seq).toBe(1);
    expect(seen.slice(1)).toEqual(['bob']);
  });
});

describe('subscribe', () => {
  it('replays from the cursor, says when it is live, and goes on live', async () => {
    const { epoch, seq } = reconnecting('ada');
    reconnecting('bob');
    const seen = await follow({ cursor: `${epoch}:${seq}` });
    reconnecting('eve');
    expect(seen).toEqual(['bob', { ready: `${epoch}:2` }, 'eve']);
  });

  it('starts at the end when there is no cursor', async () => {
    reconnecting('ada');
    expect(await follow({})).toEqual([{ ready: `${log.epoch}:1` }]);
  });

  it('misses and repeats nothing, however events and a long replay fall together', async () => {
    for (let index = 0; index < 2500; index += 1) {
      reconnecting(`p${index}`);
    }
    const seqs: number[] = [];
    await new Promise<void>((resolve) => {
      log.subscribe(
        { cursor: 'earliest' },
        {
          onEvent: ({ seq }) => {
            seqs.push(seq);
            // New events keep coming while the old ones are replayed.
            if (seq % 500 === 0 && seq <= 2500) {
              reconnecting(`late${seq}`);
            }
          },
          onReady: () => resolve(),
        },
      );
    });
    reconnecting('live');
    expect(seqs).toEqual(Array.from({ length: 2506 }, (_, index) => index + 1));
  });

  it('waits for a slow receiver between parts of a long replay', async () => {
    for (let index = 0; index < 2001; index += 1) {
      reconnecting(`p${index}`);
    }
    const counts: number[] = [];
    let seen = 0;
    await new Promise<void>((resolve) => {
      log.subscribe(
        { cursor: 'earliest' },
        {
          onEvent: () => {
            seen += 1;
          },
          onReady: () => resolve(),
          drained: () => {
            counts.push(seen);
            return Promise.resolve();
          },
        },
      );
    });
    expect(counts).toEqual([1000, 2000]);
  });

  it('gives only the events asked for, old and live, by type, wildcard and room', async () => {
    reconnecting('old');
    log.append('test-event', { roomId: 'room-1', sessionId: null, data: { note: '' } });
    const seen = await follow({ cursor: 'earliest', types: ['participant-*'], roomId: 'room-1' });
    reconnecting('elsewhere', 'room-2');
    log.append('test-event', { roomId: 'room-1', sessionId: null, data: { note: '' } });
    reconnecting('new');
    expect(seen).toEqual(['old', { ready: `${log.epoch}:2` }, 'new']);
  });

  it('gives nothing for a type that does not exist, instead of everything', async () => {
    reconnecting('ada');
    const seen = await follow({ cursor: 'earliest', types: ['participant-vanished'] });
    reconnecting('bob');
    expect(seen).toEqual([{ ready: `${log.epoch}:1` }]);
  });

  it.each([
    ['of another log', () => 'another:1', 'other-log'],
    ['beyond the end, as after a restored backup', () => `${log.epoch}:99`, 'beyond-end'],
  ] as [string, () => string, ResetReason][])(
    'says so and replays the whole log for a cursor %s',
    async (_, cursor, reason) => {
      reconnecting('ada');
      expect(await follow({ cursor: cursor() })).toEqual([
        { reset: reason },
        'ada',
        { ready: `${log.epoch}:1` },
      ]);
    },
  );

  it('refuses what is no cursor', () => {
    expect(() => log.subscribe({ cursor: "1' or 1" }, { onEvent: () => undefined })).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    );
  });

  it('delivers nothing after unsubscribing, even from within a delivery', async () => {
    const seen: string[] = [];
    const subscription: { unsubscribe: () => void } = log.subscribe(
      {},
      {
        onEvent: (event) => {
          seen.push(nameOf(event));
          subscription.unsubscribe();
        },
      },
    );
    await Promise.resolve();
    reconnecting('ada');
    reconnecting('bob');
    expect(seen).toEqual(['ada']);
  });

  it('shows every subscriber the same order when one of them causes an event', async () => {
    log.subscribe(
      {},
      {
        onEvent: (event): void => {
          if (nameOf(event) === 'ada') {
            reconnecting('caused');
          }
        },
      },
    );
    const seen = await follow({});
    reconnecting('ada');
    expect(seen.slice(1)).toEqual(['ada', 'caused']);
  });

  it('goes on for everyone else when a subscriber throws', async () => {
    const broken = new Error('broken subscriber');
    log.subscribe(
      {},
      {
        onEvent: () => {
          throw broken;
        },
      },
    );
    const seen = await follow({});
    reconnecting('ada');
    expect(seen.slice(1)).toEqual(['ada']);
    expect(errors).toEqual([broken]);
  });
});

describe('read', () => {
  it('pages through the log with the cursor it gives', () => {
    for (const name of ['ada', 'bob', 'eve']) {
      reconnecting(name);
    }
    const first = log.read({ cursor: 'earliest', limit: 2 });
    const second = log.read({ cursor: first.cursor, limit: 2 });
    expect(first.events.map(nameOf)).toEqual(['ada', 'bob']);
    expect(second.events.map(nameOf)).toEqual(['eve']);
    expect(log.read({ cursor: second.cursor }).events).toEqual([]);
  });

  it('moves the cursor past events that were not asked for', () => {
    reconnecting('ada');
    expect(log.read({ cursor: 'earliest', types: ['room-created'] })).toEqual({
      events: [],
      cursor: `${log.epoch}:1`,
      reset: null,
    });
  });
});

describe('retention', () => {
  it('removes what is too old, keeps numbering, and tells a reader who was that far behind', async () => {
    const { epoch, seq } = reconnecting('old');
    reconnecting('older than two days too');
    nowMs += 3 * 86_400_000;
    reconnecting('new');
    expect(log.prune()).toBe(2);
    expect(reconnecting('newest').seq).toBe(4);
    expect(await follow({ cursor: `${epoch}:${seq}` })).toEqual([
      { reset: 'pruned' },
      'new',
      'newest',
      { ready: `${epoch}:4` },
    ]);
  });

  it('lets a reader who has seen all that was removed go on as if nothing had been', async () => {
    reconnecting('old');
    const { cursor } = log.read({ cursor: 'earliest' });
    nowMs += 3 * 86_400_000;
    reconnecting('new');
    log.prune();
    expect(await follow({ cursor })).toEqual(['new', { ready: `${log.epoch}:2` }]);
  });

  it('removes the oldest above the count', () => {
    for (let index = 0; index < 1003; index += 1) {
      reconnecting(`p${index}`);
    }
    expect(log.prune()).toBe(3);
    expect(log.read({ cursor: 'earliest', limit: 1 }).events[0]?.seq).toBe(4);
  });

  it('never removes the last event, which tells where the log stands', () => {
    reconnecting('ada');
    nowMs += 3 * 86_400_000;
    expect(log.prune()).toBe(0);
  });
});
