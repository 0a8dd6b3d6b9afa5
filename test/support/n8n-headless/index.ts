export { startHeadlessN8n, type ActiveWorkflow, type HeadlessN8n } from './headless-n8n.ts';
export type { HeadlessExecution } from './headless-execution.ts';
export type { CredentialValues } from './credentials.ts';
