import type { Recording } from '../../../contract/index.ts';
import { CallError, type Api } from '../client/index.ts';

/** Recordings of each kind have calls of their own. */
export const recordingKinds = [
  { mode: 'meeting', label: 'Room', path: '/v2/recordings' },
  { mode: 'participant', label: 'Participants', path: '/v2/recordings/participant' },
  { mode: 'track', label: 'Tracks', path: '/v2/recordings/participant/track' },
  { mode: 'composite', label: 'Composites', path: '/v2/recordings/composite' },
] as const satisfies readonly { mode: Recording['mode']; label: string; path: string }[];

/**
 * A recording of whichever kind.
 *
 * @throws CallError `recording-not-found` when it is of none
 */
export async function findRecording(api: Api, recordingId: string): Promise<Recording> {
  let notFound: CallError | null = null;
  for (const { path } of recordingKinds) {
    try {
      return await api.get<Recording>(`${path}/${encodeURIComponent(recordingId)}`);
    } catch (error) {
      const failure = CallError.from(error);
      if (failure.code !== 'recording-not-found') {
        throw failure;
      }
      notFound = failure;
    }
  }
  throw notFound ?? new CallError('recording-not-found', `There is no recording "${recordingId}".`);
}
