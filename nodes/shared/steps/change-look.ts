import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Step } from '../../../runtime/contract/index.ts';
import { callRuntime } from '../transport';

/**
 * Changes the picture of a running step, and of all that share its composition.
 *
 * @throws RuntimeError `step-not-found`, `step-not-running`, `image-unusable`
 */
export async function changeLook(
  context: IExecuteFunctions,
  stepId: string,
  config: IDataObject,
): Promise<Step> {
  return await callRuntime<Step>(context, {
    method: 'PATCH',
    path: `/v2/steps/${encodeURIComponent(stepId)}`,
    body: { config },
  });
}
