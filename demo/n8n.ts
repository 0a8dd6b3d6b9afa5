import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { type N8nHost, type Owner, startN8n } from '../test/support/n8n-host/index.ts';
import type { Output } from './output.ts';
import { n8nUserFolder, projectDirectory, workflowsDirectory } from './places.ts';
import type { RuntimeProcess } from './runtime-process.ts';
import { readTemplates, withCredential } from './templates.ts';

/** The login of the demo's n8n, which only this machine reaches. */
export const demoOwner: Owner = {
  email: 'demo@roomflow.test',
  password: 'Roomflow-demo-1',
  firstName: 'Roomflow',
  lastName: 'Demo',
};

const PUBLISHED = 'Record every participant';
const CREDENTIAL = 'Roomflow (demo)';

/** What was put into n8n at the last start, by workflow id; so that edits made in the editor are kept. */
const Imported = Type.Object({
  credential: Type.String(),
  workflows: Type.Record(Type.String(), Type.String()),
});
const importedFile = join(n8nUserFolder, 'imported.json');

/** Starts the demo's n8n with this project as an installed package. */
export async function startDemoN8n(port: number): Promise<N8nHost> {
  return await startN8n({
    userFolder: n8nUserFolder,
    port,
    packageDirectory: projectDirectory,
    owner: demoOwner,
  });
}

/**
 * Brings credential and templates into n8n and publishes the one that records.
 * @returns the id of the published workflow
 * @throws when that workflow is not among the templates, or its triggers do not start
 */
export async function prepareN8n(n8n: N8nHost, runtime: RuntimeProcess, output: Output): Promise<string> {
  const before = await readImported();
  const data = { baseUrl: runtime.url, apiKey: runtime.serverKey };
  const credential = await n8n.createCredential({ name: CREDENTIAL, type: 'roomflowApi', data });
  const templates = await readTemplates(workflowsDirectory);
  const now = {
    credential: hashOf(data),
    workflows: Object.fromEntries(templates.map(({ id, document }) => [id, hashOf(document)])),
  };
  for (const { id, document } of templates) {
    if (before?.workflows[id] !== now.workflows[id]) {
      await n8n.importWorkflow(withCredential(document, credential), id);
      output.say(`imported the workflow "${document.name}"`);
    }
  }
  const published = templates.find(({ document }) => document.name === PUBLISHED)?.id;
  if (published === undefined) {
    throw new Error(`There is no workflow "${PUBLISHED}" in ${workflowsDirectory}`);
  }
  await putIntoService(n8n, published, {
    isChanged: before?.workflows[published] !== now.workflows[published],
    isElsewhere: before?.credential !== now.credential,
  });
  await mkdir(n8nUserFolder, { recursive: true });
  await writeFile(importedFile, JSON.stringify(now));
  return published;
}

async function putIntoService(
  n8n: N8nHost,
  workflowId: string,
  { isChanged, isElsewhere }: { isChanged: boolean; isElsewhere: boolean },
): Promise<void> {
  const { status } = await n8n.publicationStatus(workflowId);
  if (status === 'published' && !isChanged && !isElsewhere) {
    return;
  }
  // A trigger that runs keeps the credential it started with; only a new start takes the new one.
  if (isElsewhere && status !== 'not_published') {
    await n8n.deactivate(workflowId);
  }
  await n8n.activate(workflowId);
}

async function readImported() {
  try {
    const imported: unknown = JSON.parse(await readFile(importedFile, 'utf8'));
    return Value.Check(Imported, imported) ? imported : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');
