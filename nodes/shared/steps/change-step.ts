import type { IExecuteFunctions } from 'n8n-workflow';
import type { Step } from '../../../runtime/contract/index.ts';
import { callRuntime } from '../transport';

/** @throws RuntimeError `step-not-found`, `step-not-running` */
export async function changeStep(
  context: IExecuteFunctions,
  stepId: string,
  change: 'stop' | 'pause' | 'resume',
): Promise<Step> {
  return await callRuntime<Step>(context, {
    method: 'POST',
    path: `/v2/steps/${encodeURIComponent(stepId)}/${change}`,
  });
}
