import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { writeControl } from '../../../runtime/media/compose/messages.ts';
import { isProcessAlive, spawnProcess } from '../../support/temporary/index.ts';
import { LiveComposition, canvas, person, plainLook, sceneOf } from './support/live-composition.ts';

/** Resolves once a process is gone; the test's own time limit is the limit. */
const gone = async (pid: number): Promise<void> => {
  while (await isProcessAlive(pid)) await setTimeout(50);
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

  it('is killed and replaced when it hangs, and what it makes goes on with a key frame', async () => {
    await using room = new LiveComposition({ scene: sceneOf(person('red')) });
    const output = room.receive();
    await room.goOn(output, 1000);
    const { pid } = room.compositor.stats();
    process.kill(pid!, 'SIGSTOP');
    const before = output.pictures.length;
    await room.goOn(output, 8000);

    expect(room.restarts).toEqual([expect.stringContaining('no sign of life')]);
    expect(output.pictures[before]!.key).toBe(true);
    await gone(pid!);
  });

  it.for([0, 100, 200, 300])('ends when its parent lets go of it %i ms after its start', async (afterMs) => {
    const entry = fileURLToPath(
      new URL('../../../runtime/media/compose/compositor-process.ts', import.meta.url),
    );
    const child = spawn(process.execPath, [entry], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
    const exited = once(child, 'exit');
    const pipe = child.stdio[3] as Socket;
    pipe.write(
      writeControl({
        ...{ type: 'start', engine: 'node-av', canvas, delayMs: 100, look: plainLook },
        ...{
          sessionStartMs: Number(process.hrtime.bigint()) / 1e6,
          scene: sceneOf(person('red')),
          sources: [],
        },
      }),
    );
    await setTimeout(afterMs);
    pipe.end();
    await exited;
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
