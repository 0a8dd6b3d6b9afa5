import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  startRuntime,
  type InProcessRuntime,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';

describe('rooms of a runtime with two media workers', () => {
  let runtime: InProcessRuntime;
  beforeAll(async () => {
    runtime = await startRuntime({ workers: 2 });
  });
  afterAll(() => runtime[Symbol.asyncDispose]());

  type OpenRoom = { roomId: string; worker: number | undefined; guest: SignallingParticipant };

  async function openRoom(): Promise<OpenRoom> {
    const { roomId } = await runtime.api.createRoom();
    const guest = await runtime.join(roomId);
    const started = await runtime.events.event('session-started', (event) => event.roomId === roomId);
    return { roomId, worker: runtime.served.runtime.pool.pidOf(started.data.sessionId), guest };
  }

  async function emptyRoom({ roomId, guest }: OpenRoom): Promise<void> {
    await guest.leave();
    await runtime.events.event('session-ended', (event) => event.roomId === roomId);
  }

  it('are spread over both, and a new one goes to the worker that holds fewer', async () => {
    const rooms = [await openRoom(), await openRoom(), await openRoom(), await openRoom()];
    const byWorker = [...Map.groupBy(rooms, ({ worker }) => worker).values()];
    expect(byWorker.map((held) => held.length)).toEqual([2, 2]);

    const [emptied = [], kept = []] = byWorker;
    await Promise.all(emptied.map(emptyRoom));
    const later = [await openRoom(), await openRoom()];
    expect(later.map(({ worker }) => worker)).toEqual(emptied.map(({ worker }) => worker));

    await Promise.all([...kept, ...later].map(emptyRoom));
  });
});
