import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  ComposedRecording,
  GraphInstance,
  HlsStream,
  Livestream,
  Page,
  Recording,
  RecordingFile,
  Session,
  Step,
  Transcription,
} from '../../../runtime/contract/index.ts';
import type { ApiClient } from '../../support/runtime/index.ts';
import type { Ending, KeptFile } from './states.ts';

/** All that there was of a room, as clients are shown it. */
export type RoomAfterwards = {
  sessions: Session[];
  recordings: Recording[];
  hls: HlsStream[];
  transcriptions: Transcription[];
  instances: GraphInstance[];
  endings: Ending[];
};

/** Asks the API for all that there was of a room. */
export async function lookAtRoom(api: ApiClient, roomId: string): Promise<RoomAfterwards> {
  const list = async <T>(path: string): Promise<T[]> =>
    (await api.call<Page<T>>('GET', `${path}?roomId=${roomId}&perPage=100`)).data;
  const { data: steps } = await api.call<{ data: Step[] }>('GET', `/v2/rooms/${roomId}/steps`);
  const sessions = await list<Session>('/v2/sessions');
  const recordings = [
    ...(await list<Recording>('/v2/recordings/participant')),
    ...(await list<ComposedRecording>('/v2/recordings')),
  ];
  const livestreams = await list<Livestream>('/v2/livestreams');
  const hls = await list<HlsStream>('/v2/hls');
  const { transcriptions } = await api.call<{ transcriptions: Transcription[] }>(
    'GET',
    `/ai/v1/realtime-transcriptions?roomId=${roomId}`,
  );
  const instances: GraphInstance[] = [];
  for (const { id } of sessions) {
    instances.push(...(await api.call<Page<GraphInstance>>('GET', `/v2/sessions/${id}/instances`)).data);
  }
  return {
    ...{ sessions, recordings, hls, transcriptions, instances },
    endings: [
      ...sessions.flatMap(endingsOfSession),
      ...steps.map(({ id, step, state, reason }) => ({ what: `step ${step} ${id}`, state, why: reason })),
      ...recordings.map((recording) => endingOf(`recording of the ${recording.mode}`, recording)),
      ...livestreams.flatMap((livestream) => [
        endingOf('livestream', livestream),
        ...livestream.outputs.map(({ outputId, state, lastError }) => ({
          what: `RTMP output ${outputId}`,
          state,
          why: lastError ?? '',
        })),
      ]),
      ...hls.map((stream) => endingOf('HLS stream', stream)),
      ...transcriptions.map((transcription) => endingOf('transcription', transcription)),
      ...instances.map(({ id, state, reason }) => ({ what: `instance ${id}`, state, why: reason })),
    ],
  };
}

type Ended = { id: string; status: string; end: string | null; error: { message: string } | null };

/** What is over says when; what does not say so is not over. */
const endingOf = (kind: string, { id, status, end, error }: Ended): Ending => ({
  what: `${kind} ${id}`,
  state: end === null ? `${status}, without an end` : status,
  why: error?.message ?? '',
});

function endingsOfSession({ id, status, end, participants }: Session): Ending[] {
  return [
    endingOf('session', { id, status, end, error: null }),
    ...participants.flatMap(({ participantId, timelog, events, tracks }) => [
      {
        what: `${participantId} in session ${id}`,
        state: timelog.every((span) => span.end !== null) ? 'ended' : 'there',
      },
      {
        what: `media of ${participantId} in session ${id}`,
        state:
          tracks.length === 0 && Object.values(events).every((log) => log.every((span) => span.end !== null))
            ? 'ended'
            : 'live',
      },
    ]),
  ];
}

/** Looks for the files of recordings on the disk. */
export async function lookForFiles(files: readonly RecordingFile[]): Promise<KeptFile[]> {
  return Promise.all(
    files.map(async ({ filePath, size }) => ({
      path: filePath,
      saidBytes: size,
      bytes: await stat(filePath).then(
        (found) => found.size,
        () => null,
      ),
    })),
  );
}

/** Every file of a session's recordings. */
export async function filesOfSession(recordingsDirectory: string, sessionId: string): Promise<string[]> {
  const entries = await readdir(join(recordingsDirectory, sessionId), {
    recursive: true,
    withFileTypes: true,
  });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
