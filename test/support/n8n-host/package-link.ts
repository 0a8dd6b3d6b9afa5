import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Type } from 'typebox';
import { expectAnswer } from './answer.ts';

const PackageFile = Type.Object({ name: Type.String({ pattern: '^(@[^/]+/)?n8n-nodes-' }) });

/**
 * Links a folder with an n8n package to where n8n looks for installed community packages. A custom
 * directory would do as well but renames the node types to `CUSTOM.*`, and templates would not fit.
 */
export async function linkPackage(userFolder: string, packageDirectory: string): Promise<void> {
  const file = join(packageDirectory, 'package.json');
  const { name } = expectAnswer(PackageFile, JSON.parse(await readFile(file, 'utf8')), `reading ${file}`);
  const link = join(userFolder, '.n8n/nodes/node_modules', name);
  await mkdir(resolve(link, '..'), { recursive: true });
  await rm(link, { recursive: true, force: true });
  await symlink(resolve(packageDirectory), link, 'dir');
}
