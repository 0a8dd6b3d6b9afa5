import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { servedOpenApi, writeApiReference } from '../../support/api-reference/index.ts';

it('docs/api.md says what the runtime serves (npm run docs writes it anew)', async () => {
  const written = await readFile(new URL('../../../docs/api.md', import.meta.url), 'utf8');
  expect(written).toBe(writeApiReference(await servedOpenApi()));
});
