import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { graphCommand } from '../../../../runtime/graph-command.ts';
import { temporaryDirectory } from '../../../support/temporary/index.ts';
import { base, joined, ours, workflow } from './workflows.ts';

const run = async (argv: string[], input: unknown = {}) => {
  const out: string[] = [];
  const err: string[] = [];
  const ok = await graphCommand(['from-workflow', ...argv], {
    in: Readable.from([Buffer.from(JSON.stringify(input))]),
    out: { write: (text: string) => out.push(text) },
    err: { write: (text: string) => err.push(text) },
  });
  return { ok, out: out.join(''), err: err.join('') };
};
const recorded = workflow(
  [joined(), ours('Record', 'record'), base('Set', 'set')],
  ['Joined → Record', 'Record → Set'],
);

describe('roomflow graph from-workflow', () => {
  it('writes the document to standard output, and what is not in it to the other', async () => {
    const { ok, out, err } = await run(['-'], recorded);
    expect(ok).toBe(true);
    expect(JSON.parse(out)).toMatchObject({ version: 1, name: 'Test', nodes: { record: { do: 'record' } } });
    expect(err).toBe('stdin: Set: a graph holds events and media steps only; keep this in a workflow\n');
  });

  it('writes the document to a file that is named', async () => {
    await using folder = await temporaryDirectory();
    const file = join(folder.path, 'graph.json');
    expect(await run(['-', '-o', file], recorded)).toMatchObject({ ok: true, out: '' });
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ name: 'Test' });
  });

  it('says what is still missing in a document that cannot run yet', async () => {
    const live = ours('Live', 'rtmpOut', { platforms: ['youtube'] });
    const { ok, err } = await run(['-'], workflow([joined(), live], ['Joined → Live']));
    expect(ok).toBe(false);
    expect(err).toContain('Live: the stream key of YouTube is in an n8n credential');
    expect(err).toContain('the document:/nodes/live/with/outputs/0 invalid-param');
  });

  it('says that nothing is left of a workflow without media', async () => {
    const { ok, err } = await run(['-'], workflow([base('Start', 'manualTrigger')], []));
    expect(ok).toBe(false);
    expect(err).toContain('stdin: nothing of this workflow can be done by a graph\n');
  });

  it('leaves a file as it is when there is no document to write', async () => {
    await using folder = await temporaryDirectory();
    const file = join(folder.path, 'graph.json');
    await run(['-', '-o', file], recorded);
    const before = await readFile(file, 'utf8');
    expect((await run(['-', '-o', file], workflow([base('Start', 'manualTrigger')], []))).ok).toBe(false);
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('says of a graph that a workflow runs that it is one already', async () => {
    const { err } = await run(
      ['-'],
      workflow([base('Start', 'manualTrigger'), ours('Run Graph', 'runGraph')], []),
    );
    expect(err).toContain('stdin: Run Graph: it holds a graph document itself\n');
  });

  it('refuses what is no workflow', async () => {
    await expect(run(['-'], { version: 1 })).rejects.toMatchObject({ code: 'invalid-request' });
  });
});
