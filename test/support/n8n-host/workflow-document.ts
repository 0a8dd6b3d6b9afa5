/** The id and name of a saved credential, as workflow nodes hold them. */
export type CredentialReference = { id: string; name: string };

/** A node in a workflow file. */
export type WorkflowNode = {
  name: string;
  type: string;
  typeVersion: number;
  position: [number, number];
  parameters: Record<string, unknown>;
  id?: string;
  webhookId?: string;
  credentials?: Record<string, CredentialReference>;
  [field: string]: unknown;
};

/** A workflow as n8n exports and imports it. */
export type WorkflowDocument = {
  name: string;
  nodes: WorkflowNode[];
  connections: Record<string, unknown>;
  settings?: Record<string, unknown>;
  pinData?: Record<string, unknown>;
  meta?: Record<string, unknown>;
};

/** A workflow in n8n, and the version that `publish` makes live. */
export type ImportedWorkflow = { id: string; versionId: string; name: string };
