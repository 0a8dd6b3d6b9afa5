import type { SpeakersBy } from '../../contract/index.ts';
import { heardIn } from '../../steps/index.ts';
import {
  findRecording,
  findSession,
  findStep,
  listRecordings,
  listSessionParticipants,
  readEvents,
  readTrackSpans,
  type Store,
  type StoredFile,
  type StoredRecording,
} from '../../store/index.ts';
import { soundsOfFile } from '../merge-sounds.ts';
import type { RecordingArchive } from '../recording-archive.ts';
import { pausesOf } from '../recording-parts.ts';
import { activeSpeakerIn, speakerSpans } from './active-speakers.ts';
import type { KeptVoices } from './kept-voices.ts';
import { covers, within, withoutRepeats, type Span, type SpeechSource } from './stretches.ts';

/** Most recordings of one session that are searched: a session has far fewer. */
const MOST_RECORDINGS = 1000;
/** What may be missing of a participant's audio (a recording is begun by hand) for it to stand for the participant. */
const MISSING_MS = 2000;

/** What a recording is transcribed from. */
export type SpeechPlan = {
  speakersBy: NonNullable<SpeakersBy>;
  sources: SpeechSource[];
  /** Who speaks in a stretch of the mix; null where it is not clear. */
  speakerIn(span: Span): { participantId: string; participantName: string } | null;
};

/** Where in the session who can be heard. */
export type SpeechSources = {
  /** A recording that has ended, everybody apart where that can be. */
  of(recording: StoredRecording): Promise<SpeechPlan>;
  /** Audio of one participant alone, from all that is kept of the session. */
  ofParticipant(sessionId: string, participantId: string): Promise<SpeechSource[]>;
  /** Whether a recording that has ended holds any sound. */
  hasSound(recording: StoredRecording): boolean;
};

export function createSpeechSources(options: {
  store: Store;
  archive: Pick<RecordingArchive, 'files'>;
  voices: KeptVoices;
}): SpeechSources {
  const { store, archive, voices } = options;

  const pausesOfRecording = ({ stepId }: StoredRecording) =>
    pausesOf(findStep(store, stepId)?.progress ?? {});

  /** The sound of a recording's own files: a mix where it is of more than one. */
  function ownSound(recording: StoredRecording): SpeechSource[] {
    const pauses = pausesOfRecording(recording);
    return archive
      .files(recording.id)
      .flatMap((file) => soundsOfFile(file, pauses))
      .map((sound) => ({
        ...sound,
        participantId: recording.participantId,
        participantName: recording.participantName ?? '',
      }));
  }

  async function voicesOf(recording: StoredRecording): Promise<SpeechSource[]> {
    const pauses = pausesOfRecording(recording);
    return (await voices.of(recording.id)).flatMap(
      ({ path, startMs, durationSeconds, participantId, participantName }) =>
        soundsOfFile({ path, startMs, durationSeconds, audioCodec: 'opus' }, pauses).map((sound) => ({
          ...sound,
          participantId,
          participantName,
        })),
    );
  }

  /** Finished recordings of single participants in a session, and of their audio tracks. */
  function alone(sessionId: string, participantId?: string): StoredRecording[] {
    const common = { sessionId, participantId, page: 1, perPage: MOST_RECORDINGS };
    return [
      ...listRecordings(store, { ...common, mode: 'participant' }).data,
      ...listRecordings(store, { ...common, mode: 'track', kind: 'audio' }).data,
    ].filter(({ end }) => end !== null);
  }

  /** When each participant's microphone was to be heard, on the session clock. */
  function microphones(sessionId: string): Map<string, Span[]> {
    const startMs = Date.parse(findSession(store, sessionId)?.start ?? '');
    const spans = new Map<string, Span[]>();
    for (const { participantId, kind, start, end } of readTrackSpans(store, sessionId)) {
      if (kind === 'audio') {
        const span = {
          fromMs: Date.parse(start) - startMs,
          toMs: end === null ? Infinity : Date.parse(end) - startMs,
        };
        spans.set(participantId, [...(spans.get(participantId) ?? []), span]);
      }
    }
    return spans;
  }

  /** The audio of single participants in place of a mix; null when somebody who can be heard in it has none. */
  function apart(recording: StoredRecording, spans: readonly Span[]): SpeechSource[] | null {
    const sources = withoutRepeats(
      alone(recording.sessionId)
        .flatMap(ownSound)
        .flatMap((source) => within(source, spans)),
    );
    const participants = recording.composed?.participants ?? null;
    const chosen = participants && heardIn(participants);
    const mixed = sources.filter(({ participantId }) => chosen?.has(participantId ?? '') !== false);
    for (const [participantId, heard] of microphones(recording.sessionId)) {
      const isMixed = chosen?.has(participantId) !== false;
      const own = mixed.filter((source) => source.participantId === participantId).map(spanOf);
      const wanted = heard.flatMap((span) => overlaps(span, spans));
      if (isMixed && !wanted.every((span) => covers(own, span, MISSING_MS))) {
        return null;
      }
    }
    return mixed.length === 0 ? null : mixed;
  }

  /** What a merge was made of; null when some of it has been deleted. */
  function merged({ merged: sources }: StoredRecording): SpeechSource[] | null {
    const ids = new Set([...(sources?.leftIds ?? []), ...(sources?.rightIds ?? [])]);
    const found = [...ids].map((id) => {
      const recording = findRecording(store, id);
      return recording ? ownSound(recording) : [];
    });
    return found.some((sounds) => sounds.length === 0) ? null : withoutRepeats(found.flat());
  }

  function speakersIn(recording: StoredRecording): SpeechPlan['speakerIn'] {
    const { roomId, sessionId } = recording;
    const startMs = Date.parse(findSession(store, sessionId)?.start ?? '');
    const spans = speakerSpans(
      readEvents(store, { after: 0, types: ['speaker-changed'], roomId })
        .filter((event) => event.sessionId === sessionId)
        .map(({ at, data }) => ({
          atMs: Date.parse(at) - startMs,
          participantId: (JSON.parse(data) as { participantId: string | null }).participantId,
        })),
    );
    const names = new Map(
      listSessionParticipants(store, sessionId).map(({ participantId, name }) => [participantId, name]),
    );
    return (span) => {
      const participantId = activeSpeakerIn(spans, span);
      return participantId === null
        ? null
        : { participantId, participantName: names.get(participantId) ?? '' };
    };
  }

  async function separate(recording: StoredRecording): Promise<SpeechSource[] | null> {
    if (recording.participantId !== null) {
      return ownSound(recording);
    }
    if (recording.mode === 'merge') {
      return merged(recording);
    }
    const kept = await voicesOf(recording);
    return kept.length > 0 ? kept : apart(recording, ownSound(recording).map(spanOf));
  }

  return {
    async of(recording) {
      const sources = await separate(recording);
      return sources
        ? { speakersBy: 'participant-audio', sources, speakerIn: () => null }
        : {
            speakersBy: 'active-speaker',
            sources: ownSound(recording),
            speakerIn: speakersIn(recording),
          };
    },
    async ofParticipant(sessionId, participantId) {
      const sources = alone(sessionId, participantId).flatMap(ownSound);
      const { data } = listRecordings(store, { sessionId, page: 1, perPage: MOST_RECORDINGS });
      for (const recording of data.filter(({ composed, end }) => composed !== null && end !== null)) {
        const kept = await voicesOf(recording);
        sources.push(...kept.filter((source) => source.participantId === participantId));
      }
      return sources;
    },
    hasSound: ({ id }) => archive.files(id).some(holdsSound),
  };
}

const spanOf = ({ startMs, endMs }: SpeechSource): Span => ({ fromMs: startMs, toMs: endMs });

const holdsSound = ({ audioCodec, durationSeconds }: StoredFile): boolean =>
  audioCodec !== null && durationSeconds > 0;

/** The parts of a span within others. */
const overlaps = (span: Span, others: readonly Span[]): Span[] =>
  others
    .map(({ fromMs, toMs }) => ({
      fromMs: Math.max(fromMs, span.fromMs),
      toMs: Math.min(toMs, span.toMs),
    }))
    .filter(({ fromMs, toMs }) => toMs > fromMs);
