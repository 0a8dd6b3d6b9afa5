import { readFile, readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  ComposedRecording,
  Page,
  Recording,
  TranscriptSegment,
  Transcription,
} from '../../../runtime/contract/index.ts';
import {
  startRuntime,
  type InProcessRuntime,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';
import { linesOf, speak, speakAs, wordErrorRate, type Speech } from '../../support/speech/index.ts';
import { startOpenAiServer, type OpenAiServer } from '../../support/speech-servers/index.ts';
import { completedTranscript, rowsOf } from '../../support/transcripts/index.ts';

const KEY = 'key-of-the-summary';
let runtime: InProcessRuntime;
let chat: OpenAiServer;
const speeches = new Map<string, Speech>();

beforeAll(async () => {
  chat = await startOpenAiServer({
    apiKey: KEY,
    chat: (messages) => `Of ${messages.at(-1)?.content.match(/^\[/gm)?.length ?? 0} lines.`,
  });
  speeches.set('ada', await speak(linesOf('awb', 0, 3), { pauseMs: 900 }));
  speeches.set('bob', await speak(linesOf('rms', 4, 3), { pauseMs: 1100, leadMs: 1500 }));
  runtime = await startRuntime({
    summary: { baseUrl: chat.baseUrl, apiKey: KEY, model: 'test-model' },
  });
});
afterAll(async () => {
  await runtime[Symbol.asyncDispose]();
  await chat[Symbol.asyncDispose]();
});

const call = <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> =>
  runtime.api.call<T>(method, path, body);
const join = (roomId: string, participantId: string): Promise<SignallingParticipant> =>
  runtime.join(roomId, { participantId, name: participantId.toUpperCase() });

/** Both say what they have to say, at the same time. */
const talk = (participants: readonly SignallingParticipant[]): Promise<unknown> =>
  Promise.all(
    participants.map(async (participant) => {
      await using guest = await speakAs(participant, speeches.get(participant.participantId)!);
      await guest.said();
    }),
  );

const transcriptsOf = async (recordingId: string): Promise<Transcription[]> =>
  (
    await call<{ transcriptions: Transcription[] }>(
      'GET',
      `/ai/v1/post-transcriptions?recordingId=${recordingId}`,
    )
  ).transcriptions;

describe('a recording of the room that is started with transcription', () => {
  it('becomes a transcript with speakers, who talked over each other, and a summary', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using ada = await join(roomId, 'ada');
    const { recordingId, sessionId } = await call<ComposedRecording>('POST', '/v2/recordings/start', {
      roomId,
      config: { mode: 'audio' },
      transcription: { enabled: true, summary: { enabled: true, prompt: 'How many lines?' } },
    });
    expect(await transcriptsOf(recordingId)).toMatchObject([{ status: 'starting', type: 'post' }]);
    await runtime.events.event('recording-started', ({ data }) => data.recordingId === recordingId);
    await using bob = await join(roomId, 'bob');
    await talk([ada, bob]);
    await call('POST', '/v2/recordings/end', { roomId });

    const [{ id } = { id: '' }] = await transcriptsOf(recordingId);
    const told = await completedTranscript(runtime, id);
    const transcription = await call<Transcription>('GET', `/ai/v1/post-transcriptions/${id}`);
    expect(transcription).toMatchObject({
      status: 'completed',
      roomId,
      sessionId,
      recordingId,
      speakersBy: 'participant-audio',
      segments: 6,
      summary: { status: 'completed', text: 'Of 6 lines.' },
    });
    expect(told.summary).toBe('Of 6 lines.');

    const { data } = await call<Page<TranscriptSegment>>('GET', `/ai/v1/post-transcriptions/${id}/segments`);
    for (const [participantId, { lines }] of speeches) {
      const said = data.filter((segment) => segment.participantId === participantId);
      expect(said.map(({ participantName }) => participantName)).toEqual(
        lines.map(() => participantId.toUpperCase()),
      );
      const source = lines.map(({ text }) => text).join(' ');
      expect(wordErrorRate(source, said.map(({ text }) => text).join(' '))).toBeLessThan(0.5);
      for (const [index, { startMs, endMs }] of said.entries()) {
        const line = lines[index]!;
        expect(Math.abs(endMs - startMs - (line.endMs - line.startMs))).toBeLessThan(600);
      }
    }
    const [first, second] = [...speeches.keys()].map((who) =>
      data.filter(({ participantId }) => participantId === who),
    );
    const overlaps = first?.some((one) =>
      second?.some((other) => one.startMs < other.endMs && other.startMs < one.endMs),
    );
    expect(overlaps).toBe(true);
    const summary = await fetch(transcription.summarizedFilePaths.txt ?? '');
    expect(await summary.text()).toBe('Of 6 lines.\n');

    // What was kept of each voice is nowhere any more, and was in no list.
    const { recordingsDirectory } = runtime.served.runtime.config;
    await expect
      .poll(async () => (await readdir(recordingsDirectory, { recursive: true })).join(' '))
      .not.toContain('voices-');
    expect((await call<Page<Recording>>('GET', '/v2/recordings/participant')).data).toEqual([]);
  });

  it('keeps its transcript when the recording is deleted, until that is deleted too', async () => {
    const { transcriptions } = await call<{ transcriptions: Transcription[] }>(
      'GET',
      '/ai/v1/post-transcriptions',
    );
    const { id, recordingId } = transcriptions[0]!;
    await call('DELETE', `/v2/recordings/${recordingId ?? ''}`);
    const kept = await call<Transcription>('GET', `/v2/transcriptions/${id}`);
    const rows = rowsOf(await (await fetch(kept.transcriptionFilePaths.tsv ?? '')).text());
    expect(rows).toHaveLength(6);
    await call('DELETE', `/ai/v1/post-transcriptions/${id}`);
    expect(await runtime.api.send('GET', `/ai/v1/post-transcriptions/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'transcription-not-found' },
    });
    expect((await fetch(kept.transcriptionFilePaths.tsv ?? '')).status).toBe(404);
  });
});

describe('a recording of one participant', () => {
  it('is transcribed afterwards when it is asked for, its pause left out', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using ada = await join(roomId, 'ada');
    const { recordingId, stepId } = await runtime.api.record(roomId, 'ada', { mode: 'audio' });
    await runtime.events.event(
      'participant-recording-started',
      ({ data }) => data.recordingId === recordingId,
    );
    await call('POST', `/v2/steps/${stepId}/pause`);
    await talk([ada]);
    await call('POST', `/v2/steps/${stepId}/resume`);
    await talk([ada]);
    expect(await runtime.api.send('POST', '/ai/v1/post-transcriptions', { recordingId })).toMatchObject({
      status: 409,
      body: { code: 'already-recording' },
    });
    await runtime.api.stopRecording(roomId, 'ada');
    await runtime.events.event(
      'participant-recording-stopped',
      ({ data }) => data.recordingId === recordingId,
    );
    const { id, status } = await call<Transcription>('POST', '/ai/v1/post-transcriptions', { recordingId });
    expect(status).toBe('starting');
    await completedTranscript(runtime, id);
    const { data } = await call<Page<TranscriptSegment>>('GET', `/ai/v1/post-transcriptions/${id}/segments`);
    expect(data).toHaveLength(3);
    // Behind what was said in the pause, which lasts as long again.
    expect(data[0]!.startMs).toBeGreaterThan(speeches.get('ada')!.durationMs);
  });
});

describe('the key of the summary endpoint', () => {
  it('is in no file, row or answer', async () => {
    const { dataDirectory } = runtime;
    const names = await readdir(dataDirectory, { recursive: true, withFileTypes: true });
    for (const entry of names.filter((name) => name.isFile())) {
      const bytes = await readFile(`${entry.parentPath}/${entry.name}`);
      expect(bytes.includes(KEY), entry.name).toBe(false);
    }
    expect(JSON.stringify(await call('GET', '/v2/speech/engines'))).not.toContain(KEY);
  });
});
