import { RoomflowError, type Step } from '../../contract/index.ts';
import type { LiveRooms, LiveSession } from '../../rooms/index.ts';
import {
  findSession,
  listHlsStreams,
  listLivestreams,
  listRecordings,
  listSessionParticipants,
  listStepOrigins,
  listTranscriptions,
  type Store,
} from '../../store/index.ts';
import type { StepSupervisor } from '../supervisor.ts';
import type { PicturedAsset, PicturedPerson, PictureSources } from './session-picture.ts';

/** More assets than this are not drawn: the oldest are left out. */
const MOST_ASSETS = 500;

/**
 * Reads all that a picture of a session shows, but for what flows.
 *
 * @throws RoomflowError `session-not-found`
 */
export function readPictureSources(
  { store, rooms, steps }: { store: Store; rooms: LiveRooms; steps: StepSupervisor },
  sessionId: string,
): Omit<PictureSources, 'trackRates' | 'stepRates'> {
  const stored = findSession(store, sessionId);
  if (!stored) {
    throw new RoomflowError('session-not-found', `There is no session "${sessionId}".`);
  }
  const { roomId } = stored;
  const live = rooms.bySessionId(sessionId);
  const isLive = live !== undefined && !live.isEnded;
  const shown = steps.list(roomId, { sessionId }).reverse();
  const taken = new Set(shown.flatMap(({ participantId }) => participantId ?? []));
  return {
    roomId,
    sessionId,
    at: new Date().toISOString(),
    isLive,
    people: isLive
      ? [...peopleThere(live), ...peopleGone(store, live, taken)]
      : listSessionParticipants(store, sessionId)
          .filter(({ mode, participantId }) => mode !== 'SIGNALLING_ONLY' || taken.has(participantId))
          .map(gone),
    steps: shown,
    assets: [...readAssets(store, sessionId), ...shown.flatMap(tapFiles)],
    origins: new Map(listStepOrigins(store, sessionId).map(({ stepId, ...origin }) => [stepId, origin])),
  };
}

/** Those on stage: who only watches sends nothing, and there may be very many of them. */
const peopleThere = (session: LiveSession): PicturedPerson[] =>
  session
    .present()
    .filter(({ isViewer }) => !isViewer)
    .map((participant) => ({
      participantId: participant.participantId,
      name: participant.name,
      state: participant.view().connected ? 'connected' : 'reconnecting',
      isServerSide: participant.isServerSide,
      tracks: participant.liveTracks(),
    }));

/** Those who are no longer there and of whom some step has taken something. */
const peopleGone = (store: Store, session: LiveSession, taken: ReadonlySet<string>): PicturedPerson[] =>
  [...taken].some((participantId) => !isOnStage(session, participantId))
    ? listSessionParticipants(store, session.sessionId)
        .filter(({ participantId }) => taken.has(participantId) && !isOnStage(session, participantId))
        .map(gone)
    : [];

function isOnStage(session: LiveSession, participantId: string): boolean {
  const participant = session.find(participantId);
  return participant !== undefined && participant.isPresent && !participant.isViewer;
}

const gone = ({ participantId, name }: { participantId: string; name: string }): PicturedPerson => ({
  participantId,
  name,
  state: 'left',
  isServerSide: false,
  tracks: [],
});

function readAssets(store: Store, sessionId: string): PicturedAsset[] {
  const filter = { sessionId, perPage: MOST_ASSETS };
  return [
    ...listRecordings(store, filter)
      .data.reverse()
      .map(({ id, stepId, participantName, fileFormat, mode, status }): PicturedAsset => ({
        assetType: 'recording',
        id,
        stepId,
        recordingId: null,
        detail: `${participantName ?? (mode === 'merge' ? 'merged' : 'the room')} · ${fileFormat}`,
        status,
      })),
    ...listLivestreams(store, filter)
      .data.reverse()
      .map(({ id, stepId, outputs, status }): PicturedAsset => ({
        assetType: 'livestream',
        id,
        stepId,
        recordingId: null,
        detail: outputs.map(({ outputId, state }) => `${outputId} ${state}`).join(', '),
        status,
      })),
    ...listHlsStreams(store, filter)
      .data.reverse()
      .map(({ id, stepId, playable, status }): PicturedAsset => ({
        assetType: 'hls',
        id,
        stepId,
        recordingId: null,
        detail: playable ? 'playable' : '',
        status,
      })),
    ...listTranscriptions(store, filter)
      .data.reverse()
      .map(({ id, stepId, recordingId, language, engine, status }): PicturedAsset => ({
        assetType: 'transcription',
        id,
        stepId,
        recordingId,
        detail: [language, engine].filter((part) => part !== null && part !== '').join(' · '),
        status,
      })),
  ];
}

/** What a tap leaves as files; each of them is told of by an event. */
function tapFiles({ stepId, step, state, with: { utterances, frames } }: Step): PicturedAsset[] {
  const kinds = [
    ...(utterances === undefined || utterances === false ? [] : ['utterances']),
    ...(frames === undefined ? [] : ['pictures']),
  ];
  return step === 'tap' && kinds.length > 0
    ? [{ assetType: 'tap', id: stepId, stepId, recordingId: null, detail: kinds.join(', '), status: state }]
    : [];
}
