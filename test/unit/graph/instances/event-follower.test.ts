import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RoomflowEvent } from '../../../../runtime/contract/index.ts';
import { createEventLog, type EventLog } from '../../../../runtime/events/index.ts';
import { followEvents, type EventFollower } from '../../../../runtime/graph/instances/event-follower.ts';
import { openStore, type Store } from '../../../../runtime/store/index.ts';

let store: Store;
let log: EventLog;
let follower: EventFollower;
let handled: string[];
let errors: unknown[];
/** Thrown for the event of this participant, as often as it is there. */
let refusals: { participantId: string; error: Error }[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  store = await openStore({ file: ':memory:' });
  log = createEventLog({ store });
  [handled, errors, refusals] = [[], [], []];
  follower = follow();
  await follower.caughtUp;
});
afterEach(async () => {
  vi.useRealTimers();
  follower.stop();
  log.close();
  await store.close();
});

const follow = (): EventFollower =>
  followEvents({
    store,
    events: log,
    handle({ data }, commit) {
      const { participantId } = data as { participantId: string };
      const [next] = refusals;
      if (next?.participantId === participantId) {
        refusals.shift();
        throw next.error;
      }
      handled.push(participantId);
      commit();
    },
    onError: (error) => errors.push(error),
  });

const tell = (participantId: string): RoomflowEvent =>
  log.append('participant-left', {
    roomId: 'room',
    sessionId: 'session',
    data: { participantId, participantName: participantId, reason: 'left' },
  });

const diskFull = Object.assign(new Error('database or disk is full'), { errcode: 13 });

describe('whoever follows the events for graphs', () => {
  it('is handed an event again that the store refused, and none behind it before', async () => {
    refusals.push({ participantId: 'ada', error: diskFull });
    tell('ada');
    tell('bob');
    expect([handled, errors]).toEqual([[], [diskFull]]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(handled).toEqual(['ada', 'bob']);
  });

  it('goes on behind an event of which nothing can be made', () => {
    const error = new RangeError('Maximum call stack size exceeded');
    refusals.push({ participantId: 'ada', error });
    tell('ada');
    tell('bob');
    expect([handled, errors]).toEqual([['bob'], [error]]);
  });

  it('catches up after a restart, though nothing can be made of an event', async () => {
    follower.stop();
    tell('ada');
    tell('bob');
    refusals.push({ participantId: 'ada', error: new RangeError('Maximum call stack size exceeded') });
    follower = follow();
    await follower.caughtUp;
    expect(handled).toEqual(['bob']);
  });
});
