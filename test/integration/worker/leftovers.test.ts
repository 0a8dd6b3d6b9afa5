import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { endLeftovers } from '../../../runtime/worker/index.ts';
import { folderMark, folderVariable } from '../../../runtime/worker/leftovers.ts';
import { isProcessAlive, temporaryDirectory } from '../../support/temporary/index.ts';

/** A process that neither ends by itself nor listens to signals, and one that it has started. */
const stubborn = `
  process.on('SIGTERM', () => {});
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  process.stdout.write(String(child.pid));
  setInterval(() => {}, 1000);
`;

async function start(directory: string): Promise<{ pid: number; childPid: number }> {
  const { pid, stdout } = spawn(process.execPath, ['-e', stubborn], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, [folderVariable]: folderMark(directory) },
  });
  const [text] = (await once(stdout, 'data')) as [Buffer];
  return { pid: pid!, childPid: Number(text) };
}

describe('what the last run on a data folder has left behind', () => {
  it('is ended with all that it has started, and nothing of another folder is touched', async () => {
    await using mine = await temporaryDirectory();
    await using others = await temporaryDirectory();
    const left = await start(mine.path);
    const other = await start(others.path);
    expect(await endLeftovers(mine.path)).toBe(2);
    expect(await isProcessAlive(left.pid)).toBe(false);
    expect(await isProcessAlive(left.childPid)).toBe(false);
    expect(await isProcessAlive(other.pid)).toBe(true);
    expect(await endLeftovers(mine.path)).toBe(0);
    expect(await endLeftovers(others.path)).toBe(2);
  });
});
