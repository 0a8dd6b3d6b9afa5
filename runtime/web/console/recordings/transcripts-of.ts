import type { PageInfo, Recording, Transcription } from '../../../contract/index.ts';
import type { Api } from '../client/index.ts';

type TranscriptionPage = { pageInfo: PageInfo; transcriptions: Transcription[] };

/** Transcripts that tell what is heard in a recording: its own first, then those of its live session. */
export async function transcriptsOf(
  api: Api,
  { recordingId, sessionId }: Pick<Recording, 'recordingId' | 'sessionId'>,
): Promise<Transcription[]> {
  const [own, live] = await Promise.all([
    api.get<TranscriptionPage>('/ai/v1/post-transcriptions', { recordingId, perPage: 20 }),
    api.get<TranscriptionPage>('/ai/v1/realtime-transcriptions', { sessionId, perPage: 20 }),
  ]);
  return [...own.transcriptions, ...live.transcriptions];
}
