import { writeFile } from 'node:fs/promises';
import { servedOpenApi, writeApiReference } from './index.ts';

await writeFile(new URL('../../../docs/api.md', import.meta.url), writeApiReference(await servedOpenApi()));
