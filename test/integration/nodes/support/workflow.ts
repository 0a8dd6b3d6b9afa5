import type { CredentialReference, WorkflowDocument } from '../../../support/n8n-host/index.ts';

export type NodeSpec = {
  name: string;
  type: string;
  parameters?: Record<string, unknown>;
  /** What n8n does with an item that did not succeed; it stops when this is left out. */
  onError?: 'continueRegularOutput';
};

/** A workflow of nodes in a row, each fed by the one before; ours get the credential. */
export function chain(name: string, credential: CredentialReference, nodes: NodeSpec[]): WorkflowDocument {
  const connections: Record<string, unknown> = {};
  nodes.slice(1).forEach((node, index) => {
    const before = nodes[index]?.name ?? '';
    connections[before] = { main: [[{ node: node.name, type: 'main', index: 0 }]] };
  });
  return {
    name,
    settings: { executionOrder: 'v1' },
    connections,
    nodes: nodes.map((node, index) => {
      const ours = node.type.startsWith('n8n-nodes-roomflow.');
      return {
        id: `${name}-${index}`.replace(/\W+/g, '-'),
        name: node.name,
        type: node.type,
        typeVersion: 1,
        position: [index * 220, 0] as [number, number],
        parameters: node.parameters ?? {},
        ...(node.onError === undefined ? {} : { onError: node.onError }),
        ...(ours ? { credentials: { roomflowApi: credential } } : {}),
      };
    }),
  };
}
