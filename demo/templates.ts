import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { CredentialReference, WorkflowDocument } from '../test/support/n8n-host/index.ts';

const Template = Type.Object({
  name: Type.String(),
  nodes: Type.Array(
    Type.Object({
      name: Type.String(),
      type: Type.String(),
      typeVersion: Type.Number(),
      position: Type.Tuple([Type.Number(), Type.Number()]),
      parameters: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
  connections: Type.Record(Type.String(), Type.Unknown()),
});

/** A workflow of the project, with the id it always gets in the demo's n8n. */
export type WorkflowTemplate = { id: string; document: WorkflowDocument };

/** The workflows of a folder, by file name. */
export async function readTemplates(directory: string): Promise<WorkflowTemplate[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.json')).sort();
  return await Promise.all(
    files.map(async (file) => {
      const document: unknown = JSON.parse(await readFile(join(directory, file), 'utf8'));
      if (!Value.Check(Template, document)) {
        const [first] = Value.Errors(Template, document);
        throw new Error(`${file} is no workflow: ${first?.instancePath} ${first?.message}`);
      }
      return { id: idOf(basename(file, '.json')), document };
    }),
  );
}

/** The same document with the credential filled in at every node of this package. */
export function withCredential(
  document: WorkflowDocument,
  credential: CredentialReference,
): WorkflowDocument {
  return {
    ...document,
    nodes: document.nodes.map((node) =>
      node.type.startsWith('n8n-nodes-roomflow.')
        ? { ...node, credentials: { roomflowApi: credential } }
        : node,
    ),
  };
}

/** n8n's ids are 16 letters and digits. */
const idOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 16);
