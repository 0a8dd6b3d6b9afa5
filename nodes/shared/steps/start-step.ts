import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Step, StepType } from '../../../runtime/contract/index.ts';
import { delay } from '../items';
import { attemptRuntime, type RuntimeError } from '../transport';

const retryEveryMs = 500;

/** What passes by itself: a guest is still connecting, or the room's media worker is being replaced. */
function mayComeSoon(error: RuntimeError): boolean {
  return error.retryable && ['track-not-found', 'worker-lost'].includes(error.code);
}

/**
 * Starts a step in a room. A guest has joined some moments before microphone and camera are published, so
 * while the runtime says that there is no such track yet, it is asked again for `patienceMs`.
 *
 * @throws RuntimeError
 */
export async function startStep(
  context: IExecuteFunctions,
  options: { roomId: string; step: StepType; with: IDataObject; from?: string; patienceMs: number },
): Promise<Step> {
  const giveUpAt = Date.now() + options.patienceMs;
  const cancelled = context.getExecutionCancelSignal();
  for (;;) {
    const outcome = await attemptRuntime<Step>(context, {
      method: 'POST',
      path: `/v2/rooms/${encodeURIComponent(options.roomId)}/steps`,
      body: {
        step: options.step,
        with: options.with,
        ...(options.from === undefined ? {} : { from: options.from }),
      },
    });
    if ('value' in outcome) {
      return outcome.value;
    }
    const timeIsUp = Date.now() + retryEveryMs > giveUpAt || cancelled?.aborted === true;
    if (timeIsUp || !mayComeSoon(outcome.error)) {
      throw outcome.error;
    }
    await delay(retryEveryMs, cancelled);
  }
}
