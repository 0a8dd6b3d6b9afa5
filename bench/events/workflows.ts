import { randomUUID } from 'node:crypto';
import type { CredentialReference, WorkflowDocument } from '../../test/support/n8n-host/index.ts';

type Trigger = Omit<WorkflowDocument['nodes'][number], 'name' | 'position'>;

/** The name of the first node of both workflows. */
export const TRIGGER = 'Trigger';

/** *Participant Joined* of one room, and a node that does nothing. */
export function triggerWorkflow(roomId: string, credential: CredentialReference): WorkflowDocument {
  return workflow('Bench: trigger', {
    type: 'n8n-nodes-roomflow.participantJoinedTrigger',
    typeVersion: 1,
    parameters: { room: { __rl: true, mode: 'id', value: roomId }, filters: {} },
    credentials: { roomflowApi: credential },
  });
}

/** n8n's own Webhook node, which answers at once, and a node that does nothing. */
export function webhookWorkflow(path: string): WorkflowDocument {
  return workflow('Bench: webhook', {
    type: 'n8n-nodes-base.webhook',
    typeVersion: 2,
    webhookId: randomUUID(),
    parameters: { path, httpMethod: 'POST', responseMode: 'onReceived', options: {} },
  });
}

function workflow(name: string, trigger: Trigger): WorkflowDocument {
  return {
    name,
    settings: { executionOrder: 'v1' },
    nodes: [
      { id: randomUUID(), name: TRIGGER, position: [0, 0], ...trigger } as WorkflowDocument['nodes'][number],
      {
        id: randomUUID(),
        name: 'Nothing',
        type: 'n8n-nodes-base.noOp',
        typeVersion: 1,
        position: [220, 0],
        parameters: {},
      },
    ],
    connections: { [TRIGGER]: { main: [[{ node: 'Nothing', type: 'main', index: 0 }]] } },
  };
}
