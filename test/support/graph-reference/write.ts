import { writeFile } from 'node:fs/promises';
import { writeGraphReference } from './index.ts';

await writeFile(new URL('../../../docs/graph-steps.md', import.meta.url), writeGraphReference());
