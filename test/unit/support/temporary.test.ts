import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, Server } from 'node:net';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

import { describe, expect, it } from 'vitest';

import { freePort, isProcessAlive, spawnProcess, temporaryDirectory } from '../../support/temporary/index.ts';

const node = (script: string): [string, string[]] => [process.execPath, ['-e', script]];

describe('a temporary directory', () => {
  it('is gone with its content when its scope ends', async () => {
    let path: string;
    {
      await using directory = await temporaryDirectory();
      path = directory.path;
      await writeFile(directory.entry('file.txt'), 'content');
      expect(existsSync(directory.entry('file.txt'))).toBe(true);
    }
    expect(existsSync(path)).toBe(false);
  });
});

describe('a free port', () => {
  it.each(['tcp', 'udp'] as const)('can be listened on (%s)', async (protocol) => {
    expect(await freePort(protocol)).toBeGreaterThan(1023);
  });

  it('is none that the system may give to somebody else meanwhile', async () => {
    const ports = await Promise.all([freePort(), freePort(), freePort('udp')]);
    expect(new Set(ports).size).toBe(3);
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  it.each(['tcp', 'udp'] as const)('is another one while somebody listens on it (%s)', async (protocol) => {
    const port = await freePort(protocol);
    await using holder = await holderOf(port + 1, protocol);
    expect(await freePort(protocol)).not.toBe(holder.port);
  });

  it('is refused to a second listener once taken, so it was really free', async () => {
    const port = await freePort();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  });
});

/** Somebody who listens on the port. */
async function holderOf(port: number, protocol: 'tcp' | 'udp'): Promise<{ port: number } & AsyncDisposable> {
  const holder = protocol === 'udp' ? createSocket('udp4') : createServer();
  const listening = once(holder, 'listening');
  if (holder instanceof Server) {
    holder.listen(port, '127.0.0.1');
  } else {
    holder.bind(port, '127.0.0.1');
  }
  await listening;
  return {
    port,
    async [Symbol.asyncDispose]() {
      holder.close();
      await once(holder, 'close');
    },
  };
}

describe('a spawned process', () => {
  it('hands over a line printed before or after it was asked for', async () => {
    await using program = await spawnProcess(
      ...node(`console.log('ready on http://127.0.0.1:81/x'); setInterval(() => {}, 1000)`),
    );
    expect((await program.waitForUrl()).href).toBe('http://127.0.0.1:81/x');
    expect((await program.waitForLine(/ready (on)/))[1]).toBe('on');
  });

  it('says what was printed when the awaited line never comes', async () => {
    await using program = await spawnProcess(...node(`console.error('cannot open the database')`));
    await expect(program.waitForLine(/ready/)).rejects.toThrow(
      /ended without printing[^]*cannot open the database/,
    );
  });

  it('knows what it has started, and what has started that in turn', async () => {
    const child = "require('node:child_process').spawn('sleep', ['100'], { detached: true })";
    const program = await spawnProcess(...node(`${child}; console.log('up'); setInterval(() => {}, 1000)`));
    await program.waitForLine(/up/);
    const family = await program.family();
    expect(family).toHaveLength(2);
    expect(family).toContain(program.pid);
    family.forEach((pid) => process.kill(pid, 'SIGKILL'));
    await program.end();
    expect(await program.family()).toEqual([]);
  });

  it('is ended gently first', async () => {
    const program = await spawnProcess(
      ...node(`process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('up')`),
    );
    await program.waitForLine(/up/);
    expect(await program.end()).toEqual({ code: 7, signal: null });
  });

  it('is killed when it ignores the gentle way', async () => {
    const program = await spawnProcess(
      ...node(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')`),
      { graceMs: 200 },
    );
    await program.waitForLine(/up/);
    expect(await program.end()).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await isProcessAlive(program.pid)).toBe(false);
  });

  it('fails the test when it leaves a detached child behind, and ends that child', async () => {
    const program = await spawnProcess(
      ...node(`
        const { spawn } = require('node:child_process');
        const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
        child.unref();
        console.log('child ' + child.pid);`),
      { orphanGraceMs: 200 },
    );
    const childPid = Number((await program.waitForLine(/child (\d+)/))[1]);
    await expect(program.end()).rejects.toThrow(new RegExp(`left processes behind:\\n${childPid} `));
    await expect.poll(() => isProcessAlive(childPid)).toBe(false);
  });
});
