import { RoomflowError } from '../../contract/index.ts';

/** A node of an n8n workflow, as far as it matters here. */
export type WorkflowNode = {
  name: string;
  /** `n8n-nodes-roomflow.record` */
  type: string;
  typeVersion: number;
  disabled: boolean;
  parameters: Readonly<Record<string, unknown>>;
};

/** A connection that items take: from which output to which node. */
export type Link = { output: number; to: string };

export type Workflow = {
  name: string;
  nodes: readonly WorkflowNode[];
  /** By the name of the node that they leave. */
  links: ReadonlyMap<string, readonly Link[]>;
  /** Nodes that serve another one, such as the model of an agent, and which. */
  servants: ReadonlyMap<string, string>;
};

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function nodeOf(value: unknown, index: number): WorkflowNode {
  const { name, type, typeVersion, disabled, parameters } = fieldsOf(value);
  if (typeof name !== 'string' || typeof type !== 'string') {
    throw new RoomflowError(
      'invalid-request',
      `Node ${index + 1} of the workflow has no name or no type: ${JSON.stringify(value)}. Export the workflow from n8n with Download.`,
    );
  }
  return {
    name,
    type,
    typeVersion: typeof typeVersion === 'number' ? typeVersion : 1,
    disabled: disabled === true,
    parameters: fieldsOf(parameters),
  };
}

/** Each pair of nodes that one kind of connection joins. */
function* joined(connections: Fields, isKind: (kind: string) => boolean): Generator<Link & { from: string }> {
  for (const [from, byKind] of Object.entries(connections)) {
    for (const [, outputs] of Object.entries(fieldsOf(byKind)).filter(([kind]) => isKind(kind))) {
      for (const [output, targets] of listOf(outputs).entries()) {
        for (const target of listOf(targets)) {
          const { node: to } = fieldsOf(target);
          if (typeof to === 'string') {
            yield { from, output, to };
          }
        }
      }
    }
  }
}

/**
 * A workflow as n8n exports it, read without trust. Connections that lead nowhere are left out, as n8n does.
 *
 * @throws RoomflowError `invalid-request` for what is no workflow
 */
export function readWorkflow(value: unknown): Workflow {
  if (!isFields(value) || !Array.isArray(value['nodes'])) {
    throw new RoomflowError(
      'invalid-request',
      'This is no n8n workflow: it has no list of nodes. Export it from n8n with Download, or copy all nodes into a file.',
    );
  }
  const { name, connections } = value;
  const links = new Map<string, Link[]>();
  for (const { from, output, to } of joined(fieldsOf(connections), (kind) => kind === 'main')) {
    links.set(from, [...(links.get(from) ?? []), { output, to }]);
  }
  const servants = new Map<string, string>();
  for (const { from, to } of joined(fieldsOf(connections), (kind) => kind !== 'main')) {
    servants.set(from, to);
  }
  return {
    name: typeof name === 'string' && name.trim() !== '' ? name.trim() : 'Workflow',
    nodes: listOf(value['nodes']).map(nodeOf),
    links,
    servants,
  };
}
