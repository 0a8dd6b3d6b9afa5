import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = new URL('../../..', import.meta.url).pathname;
const inRoot = { cwd: root, maxBuffer: 64 * 1024 * 1024 };

describe('the n8n package', () => {
  it('builds, and its built files pass the rules n8n applies to published packages', async () => {
    await run('rollup', ['--config', '--silent', '--configPart', 'nodes'], inRoot);
    const { stdout } = await run(
      'eslint',
      ['--config', 'eslint.dist.config.mjs', 'dist', 'package.json'],
      inRoot,
    );
    expect(stdout).toBe('');
  });

  it('holds the built nodes and nothing of the runtime', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], inRoot);
    const [pack] = JSON.parse(stdout) as { files: { path: string }[] }[];
    const files = pack?.files.map((file) => file.path) ?? [];
    const manifest = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as {
      dependencies?: Record<string, string>;
      n8n: { nodes: string[]; credentials: string[] };
    };
    expect(manifest.dependencies ?? {}).toEqual({});
    expect(files).toEqual(expect.arrayContaining([...manifest.n8n.nodes, ...manifest.n8n.credentials]));
    const others = files.filter((file) => !file.startsWith('dist/'));
    expect(others.filter((file) => !/^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(file))).toEqual(
      [],
    );
    expect(files.filter((file) => file.startsWith('runtime/') || file.startsWith('dist/runtime/'))).toEqual(
      [],
    );
  });

  it('needs nothing but n8n-workflow when it is loaded', async () => {
    const { stdout } = await run(
      'grep',
      ['-rhoE', String.raw`require\('[^.'][^']*'\)`, 'dist/nodes', 'dist/credentials'],
      inRoot,
    );
    expect(new Set(stdout.trim().split('\n'))).toEqual(new Set(["require('n8n-workflow')"]));
  });
});
