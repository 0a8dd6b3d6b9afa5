import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionPicture } from '../../../runtime/contract/index.ts';
import { RoomflowError } from '../../../runtime/contract/index.ts';
import { createSessionPictures, type SessionCounters } from '../../../runtime/graph/index.ts';
import { openHouse, type SimulatedHouse } from '../../support/graphs/index.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A house with somebody in a room, and its pictures; the worker counts what `count` says. */
async function house(count: () => Promise<SessionCounters> = () => Promise.resolve({ atMs: 0, tracks: [] })) {
  const opened = await openHouse();
  const { roomId } = opened.directory.create({});
  opened.join(roomId, 'ada');
  const { sessionId } = opened.rooms.requireSession(roomId);
  let counts = 0;
  const errors: unknown[] = [];
  const pictures = createSessionPictures({
    ...opened,
    plane: { onReport: () => () => undefined },
    flow: {
      counters: () => {
        counts += 1;
        return count();
      },
    },
    onError: (error) => errors.push(error),
  });
  const othersTimers = vi.getTimerCount();
  return {
    ...{ opened, roomId, sessionId, pictures, errors },
    counts: () => counts,
    timers: () => vi.getTimerCount() - othersTimers,
  };
}

const watcherOf = (isReady: () => boolean = () => true) => {
  const shown: SessionPicture[] = [];
  let ends = 0;
  return {
    shown,
    ends: () => ends,
    people: () => shown.map(({ nodes }) => nodes.filter(({ kind }) => kind === 'person').length),
    isReady,
    picture: (json: string) => shown.push(JSON.parse(json) as SessionPicture),
    ended: () => {
      ends += 1;
    },
  };
};

const join = ({ join: come }: SimulatedHouse, roomId: string, ...ids: string[]): void => {
  for (const id of ids) {
    come(roomId, id);
  }
};

describe('who watches a session', () => {
  it('sees it at once, and then again only when something has changed, gathered for half a second', async () => {
    const { opened, roomId, sessionId, pictures } = await house();
    await using _ = opened;
    const watcher = watcherOf();
    const leave = pictures.watch(sessionId, watcher);
    expect(watcher.people()).toEqual([1]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(watcher.people()).toEqual([1]);
    join(opened, roomId, 'bob', 'cleo', 'dan');
    expect(watcher.people()).toEqual([1]);
    await vi.advanceTimersByTimeAsync(500);
    expect(watcher.people()).toEqual([1, 4]);
    leave();
    join(opened, roomId, 'eve');
    await vi.advanceTimersByTimeAsync(5000);
    expect(watcher.people()).toEqual([1, 4]);
  });

  it('is not given more while it has not taken what it has, and then the newest', async () => {
    let isReady = true;
    const { opened, roomId, sessionId, pictures } = await house();
    await using _ = opened;
    const [slow, quick] = [watcherOf(() => isReady), watcherOf()];
    const leave = [pictures.watch(sessionId, slow), pictures.watch(sessionId, quick)];
    isReady = false;
    for (const id of ['bob', 'cleo', 'dan']) {
      join(opened, roomId, id);
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(quick.people()).toEqual([1, 2, 3, 4]);
    expect(slow.people()).toEqual([1]);
    isReady = true;
    await vi.advanceTimersByTimeAsync(500);
    expect(slow.people()).toEqual([1, 4]);
    leave.forEach((go) => {
      go();
    });
  });

  it('has the worker asked once a second, and nobody asked any more when it goes', async () => {
    const { opened, sessionId, pictures, counts, timers } = await house();
    await using _ = opened;
    expect(counts()).toBe(0);
    const leave = [pictures.watch(sessionId, watcherOf()), pictures.watch(sessionId, watcherOf())];
    await vi.advanceTimersByTimeAsync(4000);
    expect(counts()).toBe(5);
    leave.forEach((go) => {
      go();
    });
    await vi.advanceTimersByTimeAsync(4000);
    expect(counts()).toBe(5);
    expect(timers()).toBe(0);
  });

  it('is told what flows, and that it is not known while the worker is lost', async () => {
    let bytes = 0;
    let isLost = false;
    const { opened, roomId, sessionId, pictures, errors } = await house(() =>
      isLost
        ? Promise.reject(new RoomflowError('worker-lost', 'gone'))
        : Promise.resolve({
            atMs: bytes / 100,
            tracks: [{ trackId, bytes: (bytes += 100_000), pictures: [bytes / 4000] }],
          }),
    );
    await using _ = opened;
    const trackId = await opened.publish(roomId, 'ada', 'video');
    const watcher = watcherOf();
    const leave = pictures.watch(sessionId, watcher);
    const rate = () => watcher.shown.at(-1)!.edges.find(({ to }) => to === `track:${trackId}`);
    expect(rate()).toMatchObject({ bitrateBps: null, fps: null });
    await vi.advanceTimersByTimeAsync(2000);
    expect(rate()).toMatchObject({ bitrateBps: 800_000, fps: 25 });
    isLost = true;
    await vi.advanceTimersByTimeAsync(2000);
    expect(rate()).toMatchObject({ bitrateBps: null, fps: null });
    expect(errors).toEqual([]);
    leave();
  });

  it('sees the last picture when the session is over, ready or not, and then nothing', async () => {
    const { opened, roomId, sessionId, pictures, timers } = await house();
    await using _ = opened;
    const watcher = watcherOf(() => false);
    pictures.watch(sessionId, watcher);
    opened.leave(roomId, 'ada');
    await vi.waitFor(() => {
      expect(opened.rooms.bySessionId(sessionId)).toBeUndefined();
    });
    await vi.advanceTimersByTimeAsync(500);
    expect(watcher.ends()).toBe(1);
    expect(watcher.shown.at(-1)).toMatchObject({ isLive: false, nodes: [{ label: 'ada', state: 'left' }] });
    expect(timers()).toBe(0);

    const late = watcherOf();
    pictures.watch(sessionId, late);
    expect(late.shown).toHaveLength(1);
    expect(late.ends()).toBe(1);
    expect(timers()).toBe(0);
  });

  it('is refused for a session that there never was', async () => {
    const { opened, pictures, timers } = await house();
    await using _ = opened;
    expect(() => pictures.watch('nothing', watcherOf())).toThrow('There is no session "nothing"');
    expect(timers()).toBe(0);
  });
});

describe('the picture of a session', () => {
  it('names those who have gone only where a step has taken something of them', async () => {
    const { opened, roomId, sessionId, pictures } = await house();
    await using _ = opened;
    join(opened, roomId, 'bob', 'cleo');
    const step = await opened.steps.start(roomId, { step: 'tap', with: { participantId: 'bob' } });
    opened.leave(roomId, 'bob');
    opened.leave(roomId, 'cleo');
    const { nodes, edges } = pictures.of(sessionId);
    const people = nodes.filter(({ kind }) => kind === 'person');
    expect(people.map(({ label, state }) => [label, state])).toEqual([
      ['ada', 'connected'],
      ['bob', 'left'],
    ]);
    expect(edges.map(({ from, to }) => [from, to])).toEqual([['person:bob', `step:${step.stepId}`]]);
  });

  it('shows the files of a tap as what it leaves, where it is to leave any', async () => {
    const { opened, roomId, sessionId, pictures } = await house();
    await using _ = opened;
    await opened.steps.start(roomId, { step: 'tap', with: { participantId: 'ada' } });
    const { stepId } = await opened.steps.start(roomId, {
      step: 'tap',
      with: { participantId: 'ada', utterances: true, frames: { everyMs: 1000 } },
    });
    expect(pictures.of(sessionId).nodes.filter(({ kind }) => kind === 'asset')).toMatchObject([
      { assetType: 'tap', assetId: stepId, label: 'Tap files', detail: 'utterances, pictures' },
    ]);
  });

  it('says which graph runs a step', async () => {
    const { opened, roomId, sessionId, pictures } = await house();
    await using _ = opened;
    const graph = opened.graphs.create({
      document: {
        version: 1,
        name: 'Everybody tapped',
        nodes: { joined: { on: 'participant-joined' }, ear: { do: 'tap', from: 'joined' } },
      },
    });
    await vi.waitFor(() => {
      expect(pictures.of(sessionId).nodes.some(({ kind }) => kind === 'step')).toBe(true);
    });
    expect(pictures.of(sessionId).nodes.find(({ kind }) => kind === 'step')).toMatchObject({
      graphName: 'Everybody tapped',
      nodeId: 'ear',
      instanceId: opened.graphs.instances({ graphId: graph.graphId }).data[0]!.instanceId,
      participantId: 'ada',
    });
    opened.leave(roomId, 'ada');
  });
});
