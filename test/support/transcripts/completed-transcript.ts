import type { RuntimeUnderTest } from '../runtime/index.ts';

/** Resolves with the event's data when a transcription is complete. @throws when it fails, with its cause */
export async function completedTranscript(
  { events }: Pick<RuntimeUnderTest, 'events'>,
  transcriptionId: string,
  timeoutMs = 60_000,
) {
  const isIt = ({ data }: { data: { id: string } }): boolean => data.id === transcriptionId;
  const ended = await Promise.any([
    events.event('transcription-completed', isIt, { timeoutMs }),
    events.event('transcription-failed', isIt, { timeoutMs }),
  ]);
  if (ended.type === 'transcription-failed') {
    throw new Error(`Transcription ${transcriptionId} failed: ${ended.data.code}: ${ended.data.message}`);
  }
  return ended.data;
}
