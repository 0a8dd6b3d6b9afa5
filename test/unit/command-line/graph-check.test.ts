import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { graphCommand } from '../../../runtime/graph-command.ts';
import { validateDocument } from '../../../runtime/graph/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

const good = {
  version: 1,
  name: 'Everybody',
  nodes: { joined: { on: 'participant-joined' }, file: { do: 'record', from: 'joined' } },
};
const wrong = {
  ...good,
  nodes: { ...good.nodes, file: { do: 'record', from: 'joind', with: { fileformat: 'mp4', kind: 'audio' } } },
};

async function run(argv: string[], input: unknown = good): Promise<{ ok: boolean; output: string }> {
  const written: string[] = [];
  const out = { write: (text: string) => written.push(text) };
  const ok = await graphCommand(['check', ...argv], {
    in: Readable.from([Buffer.from(JSON.stringify(input))]),
    out,
    err: out,
  });
  return { ok, output: written.join('') };
}

describe('roomflow graph check', () => {
  it('sums a valid document up in one line', async () => {
    await using folder = await temporaryDirectory();
    const file = folder.entry('graph.json');
    await writeFile(file, JSON.stringify(good));
    expect(await run([file])).toEqual({
      ok: true,
      output: `${file}: "Everybody" is valid: 1 event node, 1 step node\n`,
    });
  });

  it('names each problem in a line: file, pointer, code, message and what was meant', async () => {
    const { ok, output } = await run(['-'], wrong);
    expect(ok).toBe(false);
    expect(output.split('\n')).toEqual([
      'stdin:/nodes/file/from unknown-node names no node of this document. There are: joined; received "joind" → joined',
      expect.stringMatching(
        /^stdin:\/nodes\/file\/with\/fileformat unknown-param is not known here\. .* → fileFormat$/,
      ),
      '',
    ]);
  });

  it('shows control characters of a document as such, so that they do nothing to the terminal', async () => {
    const { output } = await run(['-'], { ...good, name: 'Every\u001b[31mbody' });
    expect(output).toContain(String.raw`"Every\u001b[31mbody" is valid`);
    const nodes = { ...good.nodes, 'a\nb': { on: 'participant-left' } };
    expect((await run(['-'], { ...good, nodes })).output.split('\n')[0]).toContain(
      String.raw`/nodes/a\u000ab`,
    );
  });

  it('tells programs the same as JSON', async () => {
    expect(JSON.parse((await run(['-', '--json'], wrong)).output)).toEqual({
      valid: false,
      problems: validateDocument(wrong),
    });
    expect(JSON.parse((await run(['--json', '-'])).output)).toEqual({ valid: true, problems: [] });
  });

  it.each([[[]], [['one.json', 'two.json']], [['--strict', '-']]])(
    'refuses %j, and says how it goes',
    async (argv) => {
      await expect(run(argv)).rejects.toMatchObject({
        code: 'invalid-request',
        message: expect.stringContaining('roomflow graph check FILE') as unknown,
      });
    },
  );
});
