import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Step, StepType } from '../../../runtime/contract/index.ts';
import { delay } from '../items';
import { callRuntime, RuntimeError } from '../transport';

const retryEveryMs = 500;

/** What passes by itself while a guest is still connecting. */
function mayComeSoon(error: unknown): boolean {
  return (
    error instanceof RuntimeError &&
    error.retryable &&
    ['track-not-found', 'no-live-session', 'worker-lost'].includes(error.code)
  );
}

/**
 * Starts a step in a room. A guest has joined some moments before microphone and camera are published, so
 * while the runtime says that there is no such track yet, it is asked again for `waitForMediaMs`.
 *
 * @throws RuntimeError
 */
export async function startStep(
  context: IExecuteFunctions,
  options: { roomId: string; step: StepType; with: IDataObject; from?: string; waitForMediaMs: number },
): Promise<Step> {
  const giveUpAt = Date.now() + options.waitForMediaMs;
  const cancelled = context.getExecutionCancelSignal();
  for (;;) {
    try {
      return await callRuntime<Step>(context, {
        method: 'POST',
        path: `/v2/rooms/${encodeURIComponent(options.roomId)}/steps`,
        body: {
          step: options.step,
          with: options.with,
          ...(options.from === undefined ? {} : { from: options.from }),
        },
      });
    } catch (error) {
      if (!mayComeSoon(error) || Date.now() + retryEveryMs > giveUpAt || cancelled?.aborted === true) {
        return await Promise.reject(error);
      }
      await delay(retryEveryMs, cancelled);
    }
  }
}
