import type { MergeRecording, Recording } from '../../../contract/index.ts';
import { CallError, type Api } from '../client/index.ts';

/** Recordings of each kind have calls of their own. */
export const recordingKinds = [
  { mode: 'meeting', label: 'Room', path: '/v2/recordings' },
  { mode: 'participant', label: 'Participants', path: '/v2/recordings/participant' },
  { mode: 'track', label: 'Tracks', path: '/v2/recordings/participant/track' },
  { mode: 'composite', label: 'Composites', path: '/v2/recordings/composite' },
] as const satisfies readonly { mode: Recording['mode']; label: string; path: string }[];

/** What is shown of a recording, or of a merge of several. */
export type ShownRecording = Pick<
  Recording,
  | 'recordingId'
  | 'roomId'
  | 'sessionId'
  | 'participantId'
  | 'participantName'
  | 'fileFormat'
  | 'status'
  | 'start'
  | 'end'
  | 'files'
  | 'error'
> & { mode: Recording['mode'] | 'merge' };

/** A merge is of nobody alone, and has one file at most. Pure. */
const shownMerge = (merge: MergeRecording): ShownRecording => ({
  ...merge,
  mode: 'merge',
  participantId: null,
  participantName: null,
  files: merge.file === null ? [] : [merge.file],
});

const ways: readonly ((api: Api, id: string) => Promise<ShownRecording>)[] = [
  ...recordingKinds.map(
    ({ path }) =>
      (api: Api, id: string) =>
        api.get<Recording>(`${path}/${id}`),
  ),
  async (api, id) => shownMerge(await api.get<MergeRecording>(`/v2/recordings/participant/merge/${id}`)),
];

/**
 * A recording of whichever kind.
 *
 * @throws CallError `recording-not-found` when it is of none
 */
export async function findRecording(api: Api, recordingId: string): Promise<ShownRecording> {
  let notFound: CallError | null = null;
  for (const get of ways) {
    try {
      return await get(api, encodeURIComponent(recordingId));
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
