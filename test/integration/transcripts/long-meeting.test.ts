import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  MergeRecording,
  Page,
  TranscriptSegment,
  Transcription,
} from '../../../runtime/contract/index.ts';
import { createRecorder, type RecordedFile } from '../../../runtime/media/index.ts';
import {
  insertRecording,
  insertSession,
  saveParticipant,
  saveRecordingFile,
} from '../../../runtime/store/index.ts';
import { median } from '../../support/oracle/index.ts';
import { startRuntime, type InProcessRuntime } from '../../support/runtime/index.ts';
import { encodeSpeech, sentences, type SpokenLine, type Voice } from '../../support/speech/index.ts';
import {
  completedTranscript,
  cuesOf,
  documentOf,
  linesOf,
  rowsOf,
  speakAt,
  type PlacedLine,
  type Spoken,
} from '../../support/transcripts/index.ts';

const MINUTES = 10;
const sessionId = 'ses_long';
/** Somebody who is in the meeting from `fromMs` on, and says something every `everyMs`. */
const cast: {
  participantId: string;
  name: string;
  voice: Voice;
  fromMs: number;
  firstMs: number;
  everyMs: number;
}[] = [
  { participantId: 'ada', name: 'Ada', voice: 'slt', fromMs: 2000, firstMs: 8000, everyMs: 30_000 },
  { participantId: 'ben', name: 'Ben', voice: 'rms', fromMs: 35_000, firstMs: 46_000, everyMs: 30_000 },
  // Begins a second after Ada each time: the two talk over each other.
  { participantId: 'eva', name: 'Eva', voice: 'awb', fromMs: 2000, firstMs: 9000, everyMs: 60_000 },
];
type Person = (typeof cast)[number] & { lines: SpokenLine[] };

/** What somebody says, from when they came. */
function linesFor({ voice, fromMs, firstMs, everyMs }: (typeof cast)[number]): PlacedLine[] {
  const lines: PlacedLine[] = [];
  for (let atMs = firstMs; atMs < (MINUTES * 60 - 8) * 1000; atMs += everyMs) {
    const text = sentences[(lines.length + firstMs / 1000) % sentences.length] ?? '';
    lines.push({ text, voice, atMs: atMs - fromMs });
  }
  return lines;
}

let runtime: InProcessRuntime;
let roomId: string;
const people: Person[] = [];

beforeAll(async () => {
  runtime = await startRuntime();
  const { store, config } = runtime.served.runtime;
  ({ roomId } = await runtime.api.createRoom());
  const start = new Date(Date.now() - MINUTES * 60_000).toISOString();
  insertSession(store, { id: sessionId, roomId, start });
  for (const somebody of cast) {
    const { participantId, name, fromMs } = somebody;
    const speech = await speakAt(linesFor(somebody), MINUTES * 60_000 - fromMs);
    const { frames } = await encodeSpeech(speech);
    const file = await recorded(
      join(config.recordingsDirectory, sessionId, participantId),
      frames.map(({ data }) => data),
      fromMs,
      // Ben mutes himself whenever he has nothing to say.
      participantId === 'ben' ? speech.lines : null,
    );
    saveParticipant(store, {
      sessionId,
      participantId,
      roomId,
      name,
      mode: 'SEND_AND_RECV',
      permissions: [],
      metaData: null,
      resumeTokenHash: null,
      userAgent: '',
      joinedAt: start,
    });
    keep(participantId, name, file);
    people.push({
      ...somebody,
      lines: speech.lines.map((line) => ({
        ...line,
        startMs: line.startMs + fromMs,
        endMs: line.endMs + fromMs,
      })),
    });
  }
}, 300_000);
afterAll(() => runtime[Symbol.asyncDispose]());

/** What the recorder makes of packets that come at their time in the session. */
async function recorded(
  directory: string,
  packets: readonly Uint8Array[],
  fromMs: number,
  unmuted: readonly SpokenLine[] | null,
): Promise<RecordedFile> {
  const recorder = createRecorder({
    directory,
    fileBaseName: 'audio',
    mode: 'audio',
    startMs: fromMs,
    requestKeyFrame: () => undefined,
    onFailure: (error) => {
      throw error;
    },
    onFile: () => undefined,
  });
  for (const [index, data] of packets.entries()) {
    const atMs = index * 20;
    const isSent = unmuted?.some((line) => atMs > line.startMs - 500 && atMs < line.endMs + 500) ?? true;
    if (isSent) {
      recorder.write({ kind: 'audio', codec: 'opus', timestampMs: fromMs + atMs, key: true, data });
    }
    if (index % 12 === 0) {
      recorder.setMuted('audio', !isSent);
      recorder.tick(fromMs + atMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const [file] = await recorder.finish(MINUTES * 60_000);
  if (!file) {
    throw new Error(`Nothing was recorded in ${directory}`);
  }
  return file;
}

/** The row of a participant's recording, as the runtime would have written it. */
function keep(participantId: string, participantName: string, file: RecordedFile): void {
  const { store } = runtime.served.runtime;
  const at = new Date().toISOString();
  const id = `rec_${participantId}`;
  insertRecording(store, {
    id,
    stepId: `stp_${participantId}`,
    mode: 'participant',
    kind: 'audio',
    roomId,
    sessionId,
    participantId,
    participantName,
    fileFormat: file.format,
    status: 'completed',
    start: at,
    end: at,
    error: null,
    webhookUrl: null,
    callbackUrl: null,
    metadata: null,
    composed: null,
    merged: null,
  });
  saveRecordingFile(store, {
    id: `fil_${participantId}`,
    recordingId: id,
    part: 1,
    path: file.path,
    sizeBytes: file.bytes,
    type: 'audio',
    format: file.format,
    videoCodec: null,
    audioCodec: file.audioCodec ?? null,
    width: null,
    height: null,
    durationSeconds: file.durationSeconds,
    startMs: file.startMs,
    endMs: file.endMs,
    createdAt: at,
    updatedAt: at,
  });
}

/** The first segment of somebody that lies over a sentence. */
const heardOf = (segments: readonly TranscriptSegment[], participantId: string, line: SpokenLine) =>
  segments.find(
    (segment) =>
      segment.participantId === participantId && segment.startMs < line.endMs && segment.endMs > line.startMs,
  );

describe('the transcript of a meeting of ten minutes and three people', () => {
  let transcription: Transcription;
  let segments: TranscriptSegment[];

  beforeAll(async () => {
    const merge = await runtime.api.call<{ recording: MergeRecording }>(
      'POST',
      '/v2/recordings/participant/merge',
      {
        sessionId,
        channel1: [{ participantId: 'ada' }, { participantId: 'eva' }],
        channel2: [{ participantId: 'ben' }],
      },
    );
    const recordingId = merge.recording.id;
    await runtime.events.event('merge-recording-completed', ({ data }) => data.id === recordingId, {
      timeoutMs: 120_000,
    });
    const { id } = await runtime.api.call<Transcription>('POST', '/ai/v1/post-transcriptions', {
      recordingId,
    });
    await completedTranscript(runtime, id, 240_000);
    transcription = await runtime.api.call<Transcription>('GET', `/ai/v1/post-transcriptions/${id}`);
    const page = await runtime.api.call<Page<TranscriptSegment>>(
      'GET',
      `/ai/v1/post-transcriptions/${id}/segments?perPage=100`,
    );
    segments = page.data;
    expect(page.pageInfo.total).toBe(segments.length);
  }, 400_000);

  it('gives every sentence to the one who said it, also where two talk over each other', () => {
    expect(transcription.speakersBy).toBe('participant-audio');
    for (const { participantId, lines } of people) {
      const missed = lines.filter((line) => !heardOf(segments, participantId, line));
      expect(missed, `sentences of ${participantId} that are missing`).toEqual([]);
    }
    const strays = segments.filter(
      (segment) =>
        people
          .find(({ participantId }) => participantId === segment.participantId)
          ?.lines.some(({ startMs, endMs }) => segment.startMs < endMs && segment.endMs > startMs) !== true,
    );
    expect(strays).toEqual([]);
  });

  it('is in time to 300 ms, and drifts by less than 100 ms from the first minutes to the last', () => {
    for (const { participantId, lines } of people) {
      const errors = lines.map((line) => ({
        atMs: line.startMs,
        errorMs: (heardOf(segments, participantId, line)?.startMs ?? NaN) - line.startMs,
      }));
      for (const { errorMs } of errors) {
        expect(Math.abs(errorMs), `start of a sentence of ${participantId}`).toBeLessThanOrEqual(300);
      }
      const third = (MINUTES * 60_000) / 3;
      const early = median(errors.filter(({ atMs }) => atMs < third).map(({ errorMs }) => errorMs));
      const late = median(errors.filter(({ atMs }) => atMs > 2 * third).map(({ errorMs }) => errorMs));
      expect(Math.abs(late - early), `drift of ${participantId}`).toBeLessThan(100);
    }
  });

  it('is the same in all five formats, each read by a parser', async () => {
    const text = async (format: keyof Transcription['transcriptionFilePaths']): Promise<string> => {
      // The link alone opens it: no key is sent.
      const answer = await fetch(transcription.transcriptionFilePaths[format] ?? '');
      expect(answer.status, format).toBe(200);
      return answer.text();
    };
    const rows = rowsOf(await text('tsv'));
    expect(documentOf(await text('json')).segments).toEqual(segments);
    expect(rows.map(({ speaker }) => speaker)).toEqual(
      segments.map(({ participantName }) => participantName),
    );
    expect(await cuesOf(await text('srt'), 'srt')).toEqual(rows);
    expect(await cuesOf(await text('vtt'), 'vtt')).toEqual(rows);
    const inSeconds = ({ startMs, endMs, ...rest }: Spoken): Spoken => ({
      ...rest,
      startMs: Math.floor(startMs / 1000) * 1000,
      endMs: Math.floor(endMs / 1000) * 1000,
    });
    expect(linesOf(await text('txt'))).toEqual(rows.map(inSeconds));
  });
});
