import type { Transcription } from '../../runtime/contract/index.ts';
import { attemptRuntime, type Outcome, type RuntimeContext } from '../shared/transport';

/** The transcription, or why it is not to be had. */
export async function attemptTranscription(
  context: RuntimeContext,
  transcriptionId: string,
): Promise<Outcome<Transcription>> {
  return await attemptRuntime<Transcription>(context, {
    path: `/v2/transcriptions/${encodeURIComponent(transcriptionId)}`,
  });
}

/** @throws RuntimeError `transcription-not-found` */
export async function getTranscription(
  context: RuntimeContext,
  transcriptionId: string,
): Promise<Transcription> {
  const outcome = await attemptTranscription(context, transcriptionId);
  if ('error' in outcome) {
    throw outcome.error;
  }
  return outcome.value;
}
