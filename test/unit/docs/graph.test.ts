import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { graphProblemCodes } from '../../../runtime/contract/index.ts';
import { writeGraphReference } from '../../support/graph-reference/index.ts';

const docs = new URL('../../../docs/', import.meta.url);
const read = (name: string): Promise<string> => readFile(new URL(name, docs), 'utf8');

describe('docs/graph.md', () => {
  it('shows the example documents as they are', async () => {
    const page = await read('graph.md');
    const names = await readdir(new URL('examples/graphs/', docs));
    expect(names.length).toBe(3);
    for (const name of names) {
      const example = await read(`examples/graphs/${name}`);
      expect(page).toContain(`\`\`\`json\n${example.trimEnd()}\n\`\`\``);
      expect(page).toContain(`(examples/graphs/${name})`);
    }
  });

  it('explains every code of a problem', async () => {
    const page = await read('graph.md');
    const unexplained = graphProblemCodes.filter((code) => !page.includes(`\`${code}\``));
    expect(unexplained).toEqual([]);
  });
});

it('docs/graph-steps.md says what steps and events graphs have (npm run docs writes it anew)', async () => {
  expect(await read('graph-steps.md')).toBe(writeGraphReference());
});
