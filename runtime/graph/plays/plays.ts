import { randomBytes } from 'node:crypto';
import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import {
  PlayBody,
  RoomflowError,
  describeRejected,
  isErrorCode,
  rejectedValues,
  type Page,
  type Play,
  type ServerParticipantMediaBody,
  type Step,
  type StepState,
} from '../../contract/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { LiveRooms, LiveSession } from '../../rooms/index.ts';
import type { PlayUpdate, StepUpdate } from '../../steps/index.ts';
import { listPlays, mapPage, type PlayFilter, type Store, type StoredPlay } from '../../store/index.ts';
import type { LiveStep } from '../live-step.ts';
import type { StepSupervisor } from '../supervisor.ts';
import { createPlayJournal, playView, type PlayEnd } from './play-journal.ts';
import type { AskedSource, PlaySource, PlaySources } from './play-source.ts';
import { createSpeakers, type Speaker } from './speakers.ts';

/** Beyond this many that wait in a room, whoever sends more has lost count; each may hold a file. */
const MOST_WAITING = 50;

/** As whom something is played, and what may end it. */
export type PlayManner = Pick<PlayBody, 'name' | 'bargeIn' | 'interrupt' | 'stay' | 'metadata'> & {
  participantId?: string | undefined;
};

/** Speech and files that are played into rooms, each as a server-side participant with a queue of its own. */
export type PlayService = {
  /** Where a file that is sent in is to be put before {@link start}. */
  newFile(): string;
  /**
   * Plays it now, or behind what plays already as the same participant.
   *
   * @throws RoomflowError as PlaySources.prepare does, `no-live-session`, `not-server-side`, `room-full`
   */
  start(roomId: string, source: AskedSource, manner: PlayManner): Promise<Play>;
  /**
   * Plays it as {@link start} does, for a caller who follows its step: resolves once that runs, in its turn.
   *
   * @param onStored called in the transaction that stores the step
   * @throws RoomflowError as {@link start}, `invalid-step-params` for what {@link PlayBody} does not take, `play-failed`
   * when it is over before its turn
   */
  startStep(
    roomId: string,
    params: Readonly<Record<string, unknown>>,
    onStored?: (stepId: string) => void,
  ): Promise<Step>;
  /** Ends one, whether it plays or waits; one that is over stays as it is. */
  stop(playId: string): Promise<Play>;
  /** Ends all of a participant, or of the room, and returns what was ended. */
  stopAll(roomId: string, participantId: string | undefined): Promise<Play[]>;
  get(playId: string): Play;
  list(filter: PlayFilter): Page<Play>;
  /**
   * Turns microphone and camera of a server-side participant off and on.
   *
   * @throws RoomflowError `participant-not-found`, `not-server-side`
   */
  setMedia(
    roomId: string,
    participantId: string,
    media: Static<typeof ServerParticipantMediaBody>,
  ): { participantId: string; audio: boolean; video: boolean };
  /** Writes the end of a play whose runtime was killed at `at`, and tells of it. */
  conclude(play: StoredPlay, at: string): void;
};

/** A play that has not ended. */
type OpenPlay = {
  id: string;
  speaker: Speaker;
  source: PlaySource;
  bargeIn: boolean;
  step: LiveStep | null;
  /** While its step is being started: it cannot be stopped before. */
  beginning: Promise<void> | null;
  playedMs: number;
  outcome: PlayEnd['status'] | null;
  /** Whoever waits for its step. */
  follower: Follower | null;
};

type Follower = {
  onStored: ((stepId: string) => void) | undefined;
  begun(step: Step): void;
  /** It is over, and has had no step that could be followed. */
  missed(error: RoomflowError): void;
};

export function createPlayService(options: {
  store: Store;
  events: EventLog;
  rooms: LiveRooms;
  steps: StepSupervisor;
  sources: PlaySources;
  /** Where the folder of play steps is made; nothing is left in it. */
  directory: string;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): PlayService {
  const { store, rooms, steps, sources } = options;
  const journal = createPlayJournal(options);
  const open = new Map<string, OpenPlay>();
  /** The play whose step is being started, by participant: the step is made known before `steps.start` resolves. */
  const starting = new Map<string, OpenPlay>();
  const speakers = createSpeakers((speaker) => {
    for (const playId of [...speaker.queue.clear(), speaker.queue.playing]) {
      if (playId !== null) {
        endOpen(playId).catch(tellError(playId));
      }
    }
  });

  steps.observe('play', {
    check({ session, params }) {
      const play = starting.get(keyOf(session.sessionId, String(params['participantId'])));
      if (!play || !isOf(play.source, params)) {
        throw new RoomflowError(
          'invalid-step-params',
          'A play step is started with POST /v2/rooms/:roomId/plays, which lets its participant in.',
        );
      }
    },
    created: () => ({ recordingId: null }),
    directory: () => options.directory,
    changed(step, _from, to) {
      if (to === 'starting') {
        begun(step);
      } else if (isOver(to)) {
        const play = playOf(step);
        if (play) {
          finish(play, to === 'failed' ? 'failed' : (play.outcome ?? 'stopped'), failureOf(step, to));
        }
      }
    },
    update(step, update) {
      const play = playOf(step);
      if (play && isPlayUpdate(update)) {
        note(play, step, update);
      }
    },
    asset() {
      // It leaves nothing behind.
    },
    paused() {
      // Only recordings are paused.
    },
  });

  function begun(step: LiveStep): void {
    const { sessionId, participantId } = step.stored;
    const play = starting.get(keyOf(sessionId, participantId ?? ''));
    if (play && !play.step) {
      play.step = step;
      journal.starting(play.id, step.stored.id);
    }
  }

  const playOf = (step: LiveStep): OpenPlay | undefined =>
    [...open.values()].find((play) => play.step === step);

  function note(play: OpenPlay, step: LiveStep, update: PlayUpdate): void {
    switch (update.kind) {
      case 'play-began':
        journal.started(play.id);
        break;
      case 'play-heard':
        play.playedMs = update.playedMs;
        // For the worker that would take the step over: it goes on where this one was.
        step.params = { ...step.params, fromMs: update.playedMs };
        break;
      case 'play-over':
        play.playedMs = update.playedMs;
        play.outcome = update.outcome;
        break;
      default:
        update satisfies never;
    }
  }

  /** Plays what is next in turn, if nothing plays. */
  function advance(speaker: Speaker): void {
    const playId = speaker.queue.next();
    const play = playId === null ? undefined : open.get(playId);
    if (!play) {
      speakers.rest(speaker);
      return;
    }
    play.beginning = begin(play);
    play.beginning.catch((error: unknown) => {
      const { code, message } = RoomflowError.from(error);
      if (code === 'internal') {
        tellError(play.id)(error);
      }
      finish(play, 'failed', { code, message });
    });
  }

  async function begin(play: OpenPlay): Promise<void> {
    const { session, participant } = play.speaker;
    const { participantId } = participant;
    const { source, bargeIn } = play;
    const key = keyOf(session.sessionId, participantId);
    starting.set(key, play);
    const { follower } = play;
    try {
      const step = await steps.start(
        session.roomId,
        {
          step: 'play',
          with: {
            participantId,
            bargeIn,
            ...(source.source === 'text'
              ? { text: source.text, voice: source.voice }
              : { file: source.file }),
          },
        },
        follower?.onStored,
      );
      follower?.begun(step);
    } finally {
      starting.delete(key);
    }
  }

  function finish(play: OpenPlay, status: PlayEnd['status'], error: PlayEnd['error']): void {
    if (!open.delete(play.id)) {
      return;
    }
    const { source, speaker, id, playedMs } = play;
    journal.ended(id, { status, playedMs, error });
    // Without effect where its step was there to be followed.
    play.follower?.missed(
      new RoomflowError(
        isErrorCode(error?.code) ? error.code : 'play-failed',
        error?.message ?? `The play was ${status} before its turn came.`,
      ),
    );
    if (source.source !== 'text') {
      sources.discard(source.file).catch(tellError(id));
    }
    speaker.queue.remove(id);
    // Not within the change of state of the step that has just ended.
    queueMicrotask(() => {
      advance(speaker);
    });
  }

  async function endOpen(playId: string): Promise<void> {
    const play = open.get(playId);
    if (!play) {
      return;
    }
    // One that cannot be begun has ended by that.
    await play.beginning?.catch(() => undefined);
    if (play.step) {
      await stopStep(play.step);
    } else {
      finish(play, 'stopped', null);
    }
  }

  async function stopStep({ stored }: LiveStep): Promise<void> {
    try {
      await steps.stop(stored.id);
    } catch (error) {
      // It has ended by itself meanwhile.
      if (RoomflowError.from(error).code !== 'step-not-running') {
        throw error;
      }
    }
  }

  async function stopSpeaker({ queue }: Speaker): Promise<string[]> {
    const ids = [...queue.clear(), ...(queue.playing === null ? [] : [queue.playing])];
    await Promise.all(ids.map((id) => endOpen(id)));
    return ids;
  }

  /** Refuses more than can be meant, and takes away what was sent for it. */
  async function requireFewWaiting({ sessionId }: LiveSession, asked: AskedSource): Promise<void> {
    const waiting = speakers.of(sessionId).reduce((sum, { queue }) => sum + queue.waiting.length, 0);
    if (waiting >= MOST_WAITING) {
      if ('file' in asked) {
        await sources.discard(asked.file);
      }
      throw new RoomflowError(
        'too-many-plays',
        `${waiting} plays wait in this room already; wait for some to end, or stop them.`,
      );
    }
  }

  const tellError = (playId: string) => (error: unknown) => {
    options.onError(error, { playId });
  };

  const view = (stored: StoredPlay): Play => playView(stored, open.get(stored.id)?.playedMs);

  async function startPlay(
    roomId: string,
    asked: AskedSource,
    manner: PlayManner,
    follower: Follower | null,
  ): Promise<Play> {
    const asking = await sessionFor(roomId, asked);
    await requireFewWaiting(asking, asked);
    const source = await sources.prepare(asked);
    let speaker: Speaker;
    try {
      speaker = speakers.admit(requireSame(rooms, roomId, asking), manner);
    } catch (error) {
      if (source.source !== 'text') {
        await sources.discard(source.file);
      }
      throw error;
    }
    const { session, participant, queue } = speaker;
    const stored: StoredPlay = {
      id: `ply_${randomBytes(9).toString('base64url')}`,
      stepId: null,
      roomId: session.roomId,
      sessionId: session.sessionId,
      participantId: participant.participantId,
      participantName: participant.name,
      source: source.source,
      text: source.source === 'text' ? source.text : null,
      url: source.source === 'text' ? null : source.url,
      voice: source.source === 'text' ? source.voice : null,
      status: 'waiting',
      playedMs: 0,
      start: null,
      end: null,
      error: null,
      metadata: manner.metadata ?? null,
    };
    journal.add(stored);
    open.set(stored.id, {
      id: stored.id,
      speaker,
      source,
      bargeIn: manner.bargeIn ?? false,
      step: null,
      beginning: null,
      playedMs: 0,
      outcome: null,
      follower,
    });
    const before = manner.interrupt === true ? stopSpeaker(speaker) : null;
    queue.add(stored.id);
    await before;
    advance(speaker);
    // With its step, where it is its turn; what hinders its beginning is how it ended.
    await open.get(stored.id)?.beginning?.catch(() => undefined);
    return view(journal.require(stored.id));
  }

  return {
    newFile: () => sources.newFile(),
    start: (roomId, asked, manner) => startPlay(roomId, asked, manner, null),
    async startStep(roomId, params, onStored) {
      const { text, voice, url, ...manner } = playBodyOf(params);
      return new Promise((resolve, reject) => {
        startPlay(roomId, { text, voice, url }, manner, { onStored, begun: resolve, missed: reject }).catch(
          reject,
        );
      });
    },
    async stop(playId) {
      journal.require(playId);
      await endOpen(playId);
      return view(journal.require(playId));
    },
    async stopAll(roomId, participantId) {
      const session = rooms.requireSession(roomId);
      const asked = speakers
        .of(session.sessionId)
        .filter(
          ({ participant }) => participantId === undefined || participant.participantId === participantId,
        );
      const ids = (await Promise.all(asked.map(stopSpeaker))).flat();
      return ids.map((id) => view(journal.require(id)));
    },
    get: (playId) => view(journal.require(playId)),
    list: (filter) => mapPage(listPlays(store, filter), view),
    setMedia(roomId, participantId, { audio, video }) {
      const session = rooms.requireSession(roomId);
      const participant = session.require(participantId);
      if (!participant.isServerSide) {
        throw new RoomflowError(
          'not-server-side',
          `Participant "${participantId}" has media of its own, which its client turns off and on; mute it instead.`,
        );
      }
      for (const [kind, on] of [['audio', audio] as const, ['video', video] as const]) {
        if (on !== undefined) {
          session.tracks.setMuted(participant, kind, !on);
        }
      }
      return {
        participantId,
        audio: !participant.trackOf('audio').muted,
        video: !participant.trackOf('video').muted,
      };
    },
    conclude(play, at) {
      journal.ended(
        play.id,
        play.status === 'waiting'
          ? { status: 'stopped', playedMs: 0, error: null }
          : {
              status: 'failed',
              playedMs: play.playedMs,
              error: { code: 'play-failed', message: 'The runtime was stopped while it played.' },
            },
        at,
      );
    },
  };

  /** What was sent in is removed also where nobody is there to hear it. */
  async function sessionFor(roomId: string, asked: AskedSource): Promise<LiveSession> {
    try {
      return rooms.requireSession(roomId);
    } catch (error) {
      if ('file' in asked) {
        await sources.discard(asked.file);
      }
      throw error;
    }
  }
}

const isPlayBody = Compile(PlayBody);

/** @throws RoomflowError `invalid-step-params`, with a pointer for each value */
function playBodyOf(params: Readonly<Record<string, unknown>>): PlayBody {
  if (isPlayBody.Check(params)) {
    return params;
  }
  const details = rejectedValues(isPlayBody.Errors(params), '/with');
  throw new RoomflowError('invalid-step-params', `Step "play": ${describeRejected(details)}.`, { details });
}

/** Fetching takes its time, and what is played must be of the session that was asked for. */
function requireSame(rooms: LiveRooms, roomId: string, asking: LiveSession): LiveSession {
  const session = rooms.requireSession(roomId);
  if (session !== asking) {
    throw new RoomflowError(
      'no-live-session',
      `Session "${asking.sessionId}" ended before it could be played into; try again.`,
    );
  }
  return session;
}

/** Whether params are those of a step for this source: a step that is posted in the same moment must not be taken for it. */
const isOf = (source: PlaySource, params: Record<string, unknown>): boolean =>
  source.source === 'text'
    ? params['text'] === source.text && params['file'] === undefined
    : params['file'] === source.file;

const keyOf = (sessionId: string, participantId: string): string => `${sessionId}/${participantId}`;

const isOver = (state: StepState): boolean =>
  state === 'finished' || state === 'failed' || state === 'cancelled';

const failureOf = (step: LiveStep, state: StepState): PlayEnd['error'] =>
  state === 'failed' ? (step.failure ?? { code: 'play-failed', message: step.stored.reason }) : null;

const isPlayUpdate = (update: StepUpdate): update is PlayUpdate =>
  update.kind === 'play-began' || update.kind === 'play-heard' || update.kind === 'play-over';
