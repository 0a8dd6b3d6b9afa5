/**
 * A real n8n, started for a test or for the demo and stopped without a trace.
 *
 * `startN8n` is the door: it hands back an {@link N8nHost} whose methods are the calls of n8n's editor.
 */
export { startN8n, type N8nHost, type StartOptions } from './n8n-host.ts';
export { n8nIsInstalled, n8nInstallDirectory } from './n8n-install.ts';
export { N8nRequestError } from './rest-session.ts';
export { PublicationError } from './publication.ts';
export { itemsOf, type Execution, type ExecutionSummary, type NodeRun } from './executions.ts';
export type { WorkflowDocument, ImportedWorkflow, CredentialReference } from './workflow-document.ts';
export type { Credential } from './credentials.ts';
export type { PickerCall, PickerEntry } from './pickers.ts';
export type { Owner } from './owner.ts';
