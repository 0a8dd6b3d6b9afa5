import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { graphCommand } from '../../../runtime/graph-command.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

const document = {
  version: 1,
  name: 'Everybody <on> file',
  nodes: {
    joined: { on: 'participant-joined' },
    file: { do: 'record', from: 'joined', with: { mode: 'audio', fileFormat: 'ogg' } },
  },
};

const run = async (argv: string[], input = '') => {
  const written: string[] = [];
  const ok = await graphCommand(argv, {
    in: Readable.from([Buffer.from(input)]),
    out: { write: (text: string) => written.push(text) },
    err: { write: (text: string) => written.push(text) },
  });
  return { ok, output: written.join('') };
};

describe('roomflow graph draw', () => {
  it('writes the document as an SVG file', async () => {
    await using folder = await temporaryDirectory();
    const [file, out] = [join(folder.path, 'graph.json'), join(folder.path, 'graph.svg')];
    await writeFile(file, JSON.stringify(document));
    expect(await run(['draw', file, '-o', out])).toEqual({ ok: true, output: '' });
    const svg = await readFile(out, 'utf8');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).toContain('<title>Everybody &lt;on&gt; file</title>');
    expect(svg).toContain('>record · audio · ogg</text>');
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  it('reads standard input and writes standard output, in the theme that is asked for', async () => {
    const { ok, output } = await run(['draw', '-', '--theme', 'dark'], JSON.stringify(document));
    expect(ok).toBe(true);
    expect(output).toContain('#0e1513');
    expect(output).not.toContain('prefers-color-scheme');
  });

  it('draws nothing of a document that is not valid, and says what is wrong as check does', async () => {
    const wrong = JSON.stringify({ ...document, nodes: { file: { do: 'recrd', from: 'nobody' } } });
    const drawn = await run(['draw', '-'], wrong);
    expect(drawn).toEqual(await run(['check', '-'], wrong));
    expect(drawn.ok).toBe(false);
    expect(drawn.output).toContain('stdin:/nodes/file/do unknown-step');
    expect(drawn.output).not.toContain('<svg');
  });

  it('draws the picture of the documentation', async () => {
    const docs = new URL('../../../docs/', import.meta.url);
    const { output } = await run([
      'draw',
      fileURLToPath(new URL('examples/graphs/go-live-with-the-host.json', docs)),
    ]);
    // When it is to look otherwise: roomflow graph draw docs/examples/graphs/go-live-with-the-host.json -o docs/images/graph.svg
    expect(await readFile(new URL('images/graph.svg', docs), 'utf8')).toBe(output);
  });

  it('refuses a theme that there is not, and a place that cannot be written', async () => {
    await expect(run(['draw', '-', '--theme', 'blue'], '{}')).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining('received "blue"') as string,
    });
    await expect(
      run(['draw', '-', '-o', '/nowhere/at/all.svg'], JSON.stringify(document)),
    ).rejects.toMatchObject({ code: 'invalid-request' });
  });
});
