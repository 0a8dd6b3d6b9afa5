import { mkdir, readdir } from 'node:fs/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { pour, startCodecProcessInto } from '../../../runtime/media/ffmpeg/index.ts';
import type { ByteSink } from '../../../runtime/media/ffmpeg/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

/** Takes all that comes, in memories of so many bytes. */
function collector(memoryBytes: number): ByteSink & { readonly bytes: Buffer } {
  let bytes = Buffer.alloc(0);
  let memory = Buffer.alloc(memoryBytes);
  let at = 0;
  return {
    get bytes() {
      return bytes;
    },
    space: () => memory.subarray(at),
    filled(count) {
      bytes = Buffer.concat([bytes, memory.subarray(at, at + count)]);
      at += count;
      if (at === memory.length) [memory, at] = [Buffer.alloc(memoryBytes), 0];
    },
  };
}

/** An ffmpeg that hands out what it is given. */
function copying(sink: ByteSink, onEnd: (complaints: string) => void = () => undefined) {
  const raw = ['-f', 'f32le', '-ar', '8000', '-ac', '1'];
  const copying = startCodecProcessInto(sink, {
    inputOptions: raw,
    outputOptions: ['-c', 'copy', '-flush_packets', '1', '-f', 'f32le'],
    onEnd,
  });
  onTestFinished(() => copying.close());
  return copying;
}

const sent = Buffer.from(Float32Array.from({ length: 100_000 }, Math.sin).buffer);

describe('an ffmpeg that writes into memory of its reader', () => {
  it('puts there all that comes, whatever the memory holds, also what was written before it ran', async () => {
    for (const memoryBytes of [1000, 65_536, 1_000_000]) {
      const sink = collector(memoryBytes);
      const process = copying(sink);
      process.write([sent.subarray(0, 1000), sent.subarray(1000)]);
      expect(process.queuedBytes).toBe(sent.length);
      await vi.waitUntil(() => sink.bytes.length >= sent.length - 65_536);
      process.write([Buffer.alloc(65_536)]);
      await vi.waitUntil(() => sink.bytes.length >= sent.length);
      expect(sink.bytes.subarray(0, sent.length)).toEqual(sent);
      await process.close();
    }
  });

  it('waits with it while it is held', async () => {
    const sink = collector(65_536);
    const process = copying(sink);
    process.holdOutput();
    await new Promise<void>((taken) => {
      process.write([sent.subarray(0, 100_000)], taken);
    });
    expect(sink.bytes).toHaveLength(0);
    process.takeOutput();
    await vi.waitUntil(() => sink.bytes.length > 0);
  });

  it('copies it there where no socket can have a name', async () => {
    await using folder = await temporaryDirectory();
    const deep = folder.entry('long'.repeat(40));
    await mkdir(deep);
    vi.stubEnv('TMPDIR', deep);
    onTestFinished(() => void vi.unstubAllEnvs());
    const sink = collector(1000);
    const process = copying(sink);
    process.write([sent]);
    await vi.waitUntil(() => sink.bytes.length > 100_000);
    expect(sink.bytes).toEqual(sent.subarray(0, sink.bytes.length));
    expect(await readdir(deep)).toEqual([]);
  });

  it('says once that it has ended, and nothing when it was closed', async () => {
    const ends: string[] = [];
    const process = copying(collector(1000), (complaints) => ends.push(complaints));
    await vi.waitUntil(() => process.pid !== undefined);
    globalThis.process.kill(process.pid ?? 0, 'SIGKILL');
    await vi.waitUntil(() => ends.length > 0);
    await process.close();
    expect(ends).toHaveLength(1);

    const closed = copying(collector(1000), (complaints) => ends.push(complaints));
    await closed.close();
    expect(ends).toHaveLength(1);
  });

  it('says so where there is no ffmpeg', async () => {
    vi.stubEnv('FFMPEG_PATH', '/nowhere/ffmpeg');
    onTestFinished(() => void vi.unstubAllEnvs());
    const complaints = await new Promise<string>((resolve) => copying(collector(1000), resolve));
    expect(complaints).toContain('ENOENT');
  });
});

it('bytes are poured into one memory after the other', () => {
  const sink = collector(7);
  pour(sent.subarray(0, 100), sink);
  expect(sink.bytes).toEqual(sent.subarray(0, 100));
});
