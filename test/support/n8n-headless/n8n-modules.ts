import { createRequire } from 'node:module';
import type * as Core from 'n8n-core';
import type * as WorkflowModule from 'n8n-workflow';

const require = createRequire(import.meta.url);

/** n8n's modules as n8n itself loads them: one copy of each, as CommonJS. Node cannot import their ESM builds. */
export const core = require('n8n-core') as typeof Core;
export const workflowModule = require('n8n-workflow') as typeof WorkflowModule;
