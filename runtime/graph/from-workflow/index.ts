export { fromWorkflow, type FromWorkflow } from './from-workflow.ts';
export type { NotCarried } from './not-carried.ts';
