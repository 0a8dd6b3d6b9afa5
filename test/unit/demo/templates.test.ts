import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTemplates, withCredential } from '../../../demo/templates.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

const node = (name: string, type: string) => ({
  name,
  type,
  typeVersion: 1,
  position: [0, 0],
  parameters: {},
});
const template = {
  name: 'Record',
  nodes: [
    node('Joined', 'n8n-nodes-roomflow.participantJoinedTrigger'),
    node('Note', 'n8n-nodes-base.stickyNote'),
  ],
  connections: {},
};

describe("the demo's templates", () => {
  it('get the same id at every start, so that a workflow is updated and not doubled', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(join(directory.path, 'record.json'), JSON.stringify(template));

    const [first] = await readTemplates(directory.path);
    const [second] = await readTemplates(directory.path);

    expect(first?.id).toMatch(/^[a-z0-9]{16}$/);
    expect(second?.id).toBe(first?.id);
  });

  it('get the credential at the nodes of this package only', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(join(directory.path, 'record.json'), JSON.stringify(template));
    const [read] = await readTemplates(directory.path);

    const { nodes } = withCredential(read!.document, { id: '7', name: 'Demo' });

    expect(nodes[0]?.credentials).toEqual({ roomflowApi: { id: '7', name: 'Demo' } });
    expect(nodes[1]?.credentials).toBeUndefined();
  });

  it('names the file that is no workflow', async () => {
    await using directory = await temporaryDirectory();
    await mkdir(directory.path, { recursive: true });
    await writeFile(join(directory.path, 'broken.json'), '{"name": "Broken"}');

    await expect(readTemplates(directory.path)).rejects.toThrow(/broken\.json/);
  });
});
