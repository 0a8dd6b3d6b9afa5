import { SimulatedClock, createActor } from 'xstate';
import { describe, expect, it } from 'vitest';
import { sessionMachine } from '../../../runtime/rooms/session-machine.ts';

const EMPTY_MS = 60_000;

function session({
  limitMs = null,
  from = 'atTheDoor',
}: { limitMs?: number | null; from?: 'atTheDoor' | 'awaiting' | 'occupied' } = {}) {
  const clock = new SimulatedClock();
  const actor = createActor(sessionMachine, { input: { limitMs, emptyMs: EMPTY_MS, from }, clock }).start();
  const tell = (...types: ('entered' | 'watched' | 'vacated' | 'deserted' | 'held' | 'released')[]): void => {
    for (const type of types) {
      actor.send({ type });
    }
  };
  return {
    actor,
    tell,
    pass(ms: number) {
      clock.increment(ms);
    },
    /** How it ended; null while it lasts. */
    reason: () => (actor.getSnapshot().matches('ended') ? actor.getSnapshot().context.reason : null),
  };
}

describe('a session', () => {
  it('begins with the first who enters and ends with the last who leaves, whatever holds it', () => {
    const { actor, tell, reason } = session();
    tell('entered');
    expect(actor.getSnapshot().matches({ live: 'occupied' })).toBe(true);
    tell('held', 'vacated');
    expect(reason()).toBe('everyone-left');
  });

  it('is none when all go away from the door', () => {
    const { actor, tell, reason } = session();
    tell('deserted');
    expect(actor.getSnapshot()).toMatchObject({ value: 'forgotten', status: 'done' });
    expect(reason()).toBeNull();
  });

  it('is ended from outside, with somebody in the room or nobody', () => {
    for (const begin of ['entered', 'held'] as const) {
      const { actor, tell, reason } = session();
      tell(begin);
      actor.send({ type: 'end', reason: 'ended-by-host' });
      expect(reason()).toBe('ended-by-host');
    }
  });

  it('ends at the time limit of the room, whether somebody came or not', () => {
    for (const course of [['entered'], ['held'], ['held', 'entered']] as const) {
      const { tell, pass, reason } = session({ limitMs: 30_000 });
      for (const type of course) {
        tell(type);
        pass(10_000);
      }
      pass(29_999 - course.length * 10_000);
      expect(reason()).toBeNull();
      pass(1);
      expect(reason()).toBe('time-limit');
    }
  });
});

describe('a session that is held before anybody has come', () => {
  it('waits on when viewers look in and go again, and is occupied once somebody comes on stage', () => {
    const { actor, tell, reason } = session();
    tell('held', 'watched', 'vacated');
    expect(actor.getSnapshot().matches({ live: 'awaiting' })).toBe(true);
    tell('entered', 'vacated');
    expect(reason()).toBe('everyone-left');
  });

  it('ends with the last hold', () => {
    const { tell, reason } = session();
    tell('held', 'held', 'released');
    expect(reason()).toBeNull();
    tell('released');
    expect(reason()).toBe('steps-ended');
  });

  it('ends when nobody has come in time, however many holds came meanwhile', () => {
    const { tell, pass, reason } = session();
    tell('held');
    pass(EMPTY_MS - 1);
    tell('held', 'released');
    expect(reason()).toBeNull();
    pass(1);
    expect(reason()).toBe('nobody-came');
  });

  it('lasts without holds and without end once somebody has come', () => {
    const { tell, pass, reason } = session();
    tell('held', 'entered', 'released');
    pass(10 * EMPTY_MS);
    expect(reason()).toBeNull();
    tell('vacated');
    expect(reason()).toBe('everyone-left');
  });

  it('is not forgotten when somebody gives up at its door', () => {
    const { actor, tell } = session();
    tell('held', 'deserted');
    expect(actor.getSnapshot().matches({ live: 'awaiting' })).toBe(true);
  });
});

describe('a session that goes on after a restart', () => {
  it('is where it was: somebody is there, or it waits for its first guest', () => {
    const occupied = session({ from: 'occupied' });
    occupied.pass(10 * EMPTY_MS);
    expect(occupied.reason()).toBeNull();
    occupied.tell('vacated');
    expect(occupied.reason()).toBe('everyone-left');

    const awaiting = session({ from: 'awaiting' });
    awaiting.tell('held', 'released');
    expect(awaiting.reason()).toBe('steps-ended');
  });

  it('ends when what is left of its time has passed', () => {
    const limited = session({ from: 'occupied', limitMs: 5_000 });
    limited.pass(5_000);
    expect(limited.reason()).toBe('time-limit');

    const empty = session({ from: 'awaiting' });
    empty.pass(EMPTY_MS);
    expect(empty.reason()).toBe('nobody-came');
  });
});
