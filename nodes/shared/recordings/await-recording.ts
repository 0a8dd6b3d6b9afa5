import type { IExecuteFunctions } from 'n8n-workflow';
import type { Recording } from '../../../runtime/contract/index.ts';
import { delay } from '../items';
import { hasEnded } from '../output';
import { getRecording, type RecordingType } from './get-recording';

const askEveryMs = 250;

/**
 * The recording once its file is complete, which takes a moment after a stop; as it is then when that takes
 * longer than `patienceMs`.
 */
export async function awaitRecording(
  context: IExecuteFunctions,
  recording: { recordingId: string; type: RecordingType },
  patienceMs: number,
): Promise<Recording> {
  const giveUpAt = Date.now() + patienceMs;
  const cancelled = context.getExecutionCancelSignal();
  for (;;) {
    const current = await getRecording(context, recording);
    if (hasEnded(current) || Date.now() > giveUpAt || cancelled?.aborted === true) {
      return current;
    }
    await delay(askEveryMs, cancelled);
  }
}
