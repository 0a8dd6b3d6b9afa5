import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isProcessAlive, spawnProcess } from '../../support/temporary/index.ts';
import { LiveComposition, person, sceneOf } from './support/live-composition.ts';

/** Resolves once a process is gone; the test's own time limit is the limit. */
const gone = async (pid: number): Promise<void> => {
  while (await isProcessAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 50));
};

describe('the process of a composition', () => {
  it('ends by itself when its parent is killed', async () => {
    await using parent = await spawnProcess(process.execPath, [
      join(import.meta.dirname, 'support', 'composing-process.ts'),
    ]);
    const [, pid] = await parent.waitForLine(/^composing in (\d+)$/);
    parent.signal('SIGKILL');
    await parent.ended;
    await gone(Number(pid));
  });

  it('is gone once the composition is closed, with all it started', async () => {
    const room = new LiveComposition({ engine: 'ffmpeg', scene: sceneOf(person('red')) });
    const output = room.receive();
    await room.goOn(output, 500);
    const { pid } = room.compositor.stats();
    await room[Symbol.asyncDispose]();
    expect(await isProcessAlive(pid!)).toBe(false);
    expect(room.restarts).toEqual([]);
  });

  it('is given up, and said so, when it cannot be started', async () => {
    const previous = process.env['FFMPEG_PATH'];
    process.env['FFMPEG_PATH'] = '/nowhere/ffmpeg';
    try {
      await using room = new LiveComposition({ engine: 'ffmpeg', scene: sceneOf(person('red')) });
      const output = room.receive();
      await expect(room.goOn(output, 500)).rejects.toMatchObject({ code: 'composition-failed' });
      expect(room.compositor.stats().pid).toBeNull();
    } finally {
      if (previous === undefined) delete process.env['FFMPEG_PATH'];
      else process.env['FFMPEG_PATH'] = previous;
    }
  });
});
