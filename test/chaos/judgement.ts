import { join } from 'node:path';
import type { Recording, RecordingFile } from '../../runtime/contract/index.ts';
import type { BeforeKill, BroadcastRoom } from './broadcast-room.ts';
import { steadyToneHz } from './clips.ts';
import { MOST_MISSING_MS, type Findings } from './figures.ts';
import {
  filesOfSession,
  judgeEvents,
  longestMissing,
  lookAtRoom,
  lookForFiles,
  notAsOnDisk,
  notEndedWell,
  picturesIn,
  readEventStore,
  sentMeanwhileMs,
  toneIn,
  whyUnplayable,
  type Coverage,
  type Outage,
  type RoomAfterwards,
  type SentMoment,
} from './oracles/index.ts';
import { takesMediaDown, type KillTarget } from './plan.ts';
import type { Stage } from './stage.ts';
import { NotInTime, until } from './until.ts';

/** What happened in a run, and when (milliseconds since 1970). */
export type Course = {
  kills: BeforeKill[];
  /** From each kill until all was well again. */
  outages: (Outage & { target: KillTarget })[];
  stopAskedMs: number | null;
  firstWellMs: number | null;
};

type Judged = { room: BroadcastRoom; stage: Stage; course: Course; findings: Findings };

/** The last events of a run and their webhooks, tried again where a kill had cut one off. */
const ALL_TOLD_MS = 20_000;
/** Wherever it begins, the talking guest says a whole sentence within this time. */
const SENTENCE_SAID_MS = 4500;
/** What is sent in the moment in which a recording is stopped may be behind its end. */
const STOP_PLAY_MS = 250;

/** Looks at all that a run has left behind. @throws when it cannot be looked at */
export async function judgeRun(judged: Judged): Promise<void> {
  const after = await lookAtRoom(judged.stage.runtime.clients.api, judged.room.roomId);
  judgeStates(judged, after);
  await judgeEventsOf(judged);
  await judgeFiles(judged, after);
  await judgePlaying(judged, after);
  await judgeMissing(judged, after);
}

function judgeStates(
  { room, course, findings }: Judged,
  { endings, sessions, transcriptions, instances }: RoomAfterwards,
): void {
  findings.wrongStates.push(...notEndedWell(endings));
  if (sessions.length !== 1) {
    findings.wrongStates.push(`there were ${sessions.length} sessions instead of one that went on`);
  }
  if (instances.length !== 1) {
    findings.wrongStates.push(`the graph ran ${instances.length} times instead of once`);
  }
  for (const { participantId, entries } of Object.values(room.guests)) {
    for (const { resumed, atMs } of entries.slice(1)) {
      if (!resumed) {
        findings.wrongStates.push(
          `${participantId} came back as somebody new at ${new Date(atMs).toISOString()}`,
        );
      }
    }
  }
  for (const { id, segments } of transcriptions) {
    if (segments === 0 && longestCalmMs(course) >= SENTENCE_SAID_MS) {
      findings.wrongStates.push(`transcription ${id} has not one segment of what was said again and again`);
    }
  }
}

/** The longest time without a kill in which everything ran. */
function longestCalmMs({ kills, outages, firstWellMs, stopAskedMs }: Course): number {
  const begins = [firstWellMs ?? Infinity, ...outages.map(({ untilMs }) => untilMs)];
  const calms = begins.map((beginMs) => {
    const ends = [...kills.map(({ atMs }) => atMs), stopAskedMs ?? 0].filter((atMs) => atMs >= beginMs);
    return Math.min(...ends) - beginMs;
  });
  return Math.max(...calms.filter(Number.isFinite), 0);
}

async function judgeEventsOf({ room, stage, findings }: Judged): Promise<void> {
  const databaseFile = join(stage.runtime.dataDirectory, 'roomflow.db');
  const judge = (): ReturnType<typeof judgeEvents> =>
    judgeEvents({
      ...readEventStore(databaseFile, room.roomId),
      received: stage.subscriber.eventsOf(room.roomId),
      postedIds: stage.receiver.received.map(({ headers }) => String(headers['webhook-id'])),
    });
  let verdict = judge();
  const lost = async (): Promise<string[]> => {
    verdict = judge();
    return verdict.lost;
  };
  try {
    await until('all events to be told', lost, ALL_TOLD_MS);
  } catch (error) {
    // What is still missing then is in the verdict, one by one.
    if (!(error instanceof NotInTime)) {
      throw error;
    }
  }
  findings.eventsLost.push(
    ...verdict.lost,
    ...stage.subscriber.resets.splice(0).map((reason) => `reset: ${reason}`),
  );
  findings.eventsDoubled.push(...verdict.doubled);
}

async function judgeFiles(
  { stage, findings }: Judged,
  { recordings, sessions }: RoomAfterwards,
): Promise<void> {
  const folder = join(stage.runtime.dataDirectory, 'recordings');
  const onDisk = await Promise.all(sessions.map(({ id }) => filesOfSession(folder, id)));
  const files = await lookForFiles(recordings.flatMap((recording) => recording.files));
  findings.wrongStates.push(...notAsOnDisk(files, onDisk.flat()));
}

async function judgePlaying(
  { room, course, findings }: Judged,
  { recordings, hls }: RoomAfterwards,
): Promise<void> {
  for (const recording of recordings) {
    const { mode, files, id, kind } = recording;
    if (files.length === 0 && !mayBeEmpty(recording, room, course)) {
      findings.unplayable.push(`recording ${id} of the ${mode} has no file`);
    }
    for (const { filePath } of files) {
      findings.unplayable.push(
        ...(await whyUnplayable(`recording of the ${mode}`, filePath, kind !== 'audio')),
      );
    }
  }
  for (const { playbackHlsUrl } of hls) {
    findings.unplayable.push(...(await whyUnplayable('HLS stream', playbackHlsUrl, true)));
  }
}

/** Who comes back as somebody new may be recorded anew, and be gone before anything of it has come. */
function mayBeEmpty(recording: Recording, { guests }: BroadcastRoom, { kills }: Course): boolean {
  const { participantId, start } = recording;
  const guest = Object.values(guests).find((one) => one.participantId === participantId);
  return (
    guest !== undefined &&
    Date.parse(start) > (kills.at(-1)?.atMs ?? Infinity) &&
    sentMeanwhileMs(guest.sent('audio'), recording) <= MOST_MISSING_MS
  );
}

async function judgeMissing({ room, course, findings }: Judged, after: RoomAfterwards): Promise<void> {
  const { participantRecording, roomRecording } = room.started;
  const filesOf = ({ recordingId }: { recordingId: string }): RecordingFile[] =>
    after.recordings.filter(({ id }) => id === recordingId).flatMap(({ files }) => files);
  const sessionStartMs = Date.parse(after.sessions.at(-1)?.start ?? '');
  const { steady } = room.guests;
  const [pictures, sounds] = [steady.sent('video'), steady.sent('audio')];
  const firstKillMs = course.kills[0]?.atMs ?? Infinity;
  const killedBeforeWell = firstKillMs < (course.firstWellMs ?? Infinity);
  const note = (what: string, coverage: Coverage, sent: SentMoment[], outages: readonly Outage[]): void => {
    const { fromMs, lastsMs } = longestMissing({
      sent,
      outages,
      isRecorded: coverage.isRecorded,
      sinceMs: killedBeforeWell ? coverage.firstMs : (course.firstWellMs ?? Infinity),
      untilMs: (course.stopAskedMs ?? Infinity) - STOP_PLAY_MS,
    });
    if (lastsMs === 0) {
      return;
    }
    const missingMs = lastsMs + coverage.playMs;
    findings.missingMs = Math.max(findings.missingMs, missingMs);
    const kills = course.kills.map(({ target, atMs }) => `${Math.round(fromMs - atMs)} ms after ${target}`);
    findings.missing.push(`${Math.round(missingMs)} ms of ${what}, from ${kills.join(', ')} was killed`);
  };
  note(
    'the pictures of a guest',
    await picturesIn(filesOf(participantRecording), pictures),
    pictures.map(({ atMs }) => ({ atMs, lastsMs: 1000 / 30 })),
    course.outages.filter(({ target }) => takesMediaDown(target)),
  );
  note(
    'the sound of the room',
    await toneIn(filesOf(roomRecording), steadyToneHz, sessionStartMs),
    sounds.map(({ atMs }) => ({ atMs, lastsMs: 20 })),
    course.outages.filter(({ target }) => takesMediaDown(target) || target === 'compositor'),
  );
}
