import { readFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import type { FileSegment, FileTranscriptionOptions } from '../../../../runtime/media/index.ts';
import {
  endTrackSpans,
  insertEvent,
  insertKeptVoice,
  listKeptVoices,
  startTrackSpan,
} from '../../../../runtime/store/index.ts';
import { openDesk, sessionId, sessionStartMs, type Desk } from './support/desk.ts';

const said = (text: string, startMs: number, endMs: number): FileSegment => ({
  text,
  startMs,
  endMs,
  language: 'en-US',
  words: [{ text, startMs, endMs }],
});
const segmentsOf = (desk: Desk, id: string) =>
  desk.service
    .segments(id, { perPage: 100 })
    .data.map(({ participantId, text, startMs, endMs }) => [participantId, text, startMs, endMs]);
const at = (sessionMs: number): string => new Date(sessionStartMs + sessionMs).toISOString();
const room = { mode: 'meeting', participantId: null, participantName: null } as const;
const composed = { config: {}, participants: null };

describe('the transcript of a recording', () => {
  it('says who spoke when in the session, and lies in five files', async () => {
    await using desk = await openDesk({
      transcribe: () => Promise.resolve([said('hello', 500, 900), said('bye', 2000, 2400)]),
    });
    const { id: recordingId } = desk.recording({ fromMs: 60_000, toMs: 70_000 });
    const { id, status } = await desk.service.post.start({ recordingId });
    expect(status).toBe('starting');
    const told = await desk.event('transcription-completed');
    expect(told).toMatchObject({ id, type: 'post', recordingId, segments: 2, summary: null });
    expect(segmentsOf(desk, id)).toEqual([
      ['ada', 'hello', 60_500, 60_900],
      ['ada', 'bye', 62_000, 62_400],
    ]);
    expect(desk.told()).toEqual([
      'transcription-starting',
      'transcription-started',
      'transcription-completed',
    ]);
    expect(await readFile(desk.service.file(id, 'transcript.tsv').path, 'utf8')).toBe(
      'start\tend\tspeaker\ttext\n60500\t60900\tAda\thello\n62000\t62400\tAda\tbye\n',
    );
    const { transcriptionFilePaths, speakersBy } = desk.service.get(id);
    expect(Object.keys(transcriptionFilePaths)).toEqual(['json', 'srt', 'vtt', 'tsv', 'txt']);
    expect(speakersBy).toBe('participant-audio');
  });

  it('leaves the time of a pause between what was said before and after', async () => {
    const stretches: [number, number][] = [];
    await using desk = await openDesk({
      transcribe: ({ fromMs = 0, toMs = 0 }) => {
        stretches.push([fromMs, toMs]);
        return Promise.resolve([said('word', fromMs + 100, fromMs + 400)]);
      },
    });
    const { id: recordingId } = desk.recording({ fromMs: 1000, toMs: 11_000, pauses: [[4000, 8000]] });
    const { id } = await desk.service.post.start({ recordingId });
    await desk.event('transcription-completed');
    expect(stretches).toEqual([
      [0, 3000],
      [3000, 6000],
    ]);
    expect(segmentsOf(desk, id)).toEqual([
      ['ada', 'word', 1100, 1400],
      ['ada', 'word', 8100, 8400],
    ]);
  });

  it('of the room keeps apart those who speak at a time, from the voices kept with it', async () => {
    await using desk = await openDesk({
      transcribe: ({ path }) => Promise.resolve([said(path.includes('ada') ? 'yes' : 'no', 1000, 2000)]),
    });
    const { id: recordingId } = desk.recording({ ...room, composed, fromMs: 5000, toMs: 15_000 });
    for (const name of ['ada', 'ben']) {
      insertKeptVoice(desk.store, {
        recordingId,
        sessionId,
        participantId: name,
        participantName: name,
        path: `/nowhere/voices-stp_1/${name}.ogg`,
        startMs: 5000,
        durationSeconds: 10,
      });
    }
    const { id } = await desk.service.post.start({ recordingId });
    await desk.event('transcription-completed');
    expect(segmentsOf(desk, id)).toEqual([
      ['ada', 'yes', 6000, 7000],
      ['ben', 'no', 6000, 7000],
    ]);
    await vi.waitFor(() => {
      expect(listKeptVoices(desk.store, recordingId)).toEqual([]);
    });
  });

  it('of the room is made from recordings of everybody who could be heard, within it', async () => {
    const asked: FileTranscriptionOptions[] = [];
    await using desk = await openDesk({
      transcribe: (options) => {
        asked.push(options);
        return Promise.resolve([]);
      },
    });
    const ada = desk.recording({ fromMs: 0, toMs: 20_000 });
    const ben = desk.recording({
      fromMs: 6000,
      toMs: 20_000,
      participantId: 'ben',
      participantName: 'Ben',
    });
    startTrackSpan(desk.store, sessionId, 'ada', 'audio', at(0));
    startTrackSpan(desk.store, sessionId, 'ben', 'audio', at(6000));
    endTrackSpans(desk.store, sessionId, 'ben', null, at(20_000));
    const { id: recordingId } = desk.recording({ ...room, composed, fromMs: 5000, toMs: 15_000 });
    const { id } = await desk.service.post.start({ recordingId });
    await desk.event('transcription-completed');
    expect(asked.map(({ path, fromMs, toMs }) => ({ path, fromMs, toMs }))).toEqual([
      { path: `/recordings/${ada.id}.ogg`, fromMs: 5000, toMs: 15_000 },
      { path: `/recordings/${ben.id}.ogg`, fromMs: 0, toMs: 9000 },
    ]);
    expect(desk.service.get(id).speakersBy).toBe('participant-audio');
  });

  it('of a mix names the active speaker where one is clear, and nobody where not', async () => {
    await using desk = await openDesk({
      transcribe: () =>
        Promise.resolve([said('ada', 0, 2000), said('both', 2500, 4500), said('ben', 5000, 6000)]),
    });
    startTrackSpan(desk.store, sessionId, 'ada', 'audio', at(0));
    const { id: recordingId } = desk.recording({ ...room, composed, fromMs: 0, toMs: 10_000 });
    for (const [atMs, participantId] of [
      [200, 'ada'],
      [3500, 'ben'],
    ] as const) {
      insertEvent(desk.store, {
        id: `evt_${participantId}`,
        type: 'speaker-changed',
        roomId: 'room-1',
        sessionId,
        at: at(atMs),
        data: JSON.stringify({ participantId }),
      });
    }
    const { id } = await desk.service.post.start({ recordingId });
    await desk.event('transcription-completed');
    expect(segmentsOf(desk, id).map(([who]) => who)).toEqual(['ada', null, 'ben']);
    expect(desk.service.get(id).speakersBy).toBe('active-speaker');
  });

  it('is taken up after a restart where it was, without hearing anything twice', async () => {
    const heard: number[] = [];
    let isFirst = true;
    await using desk = await openDesk({
      transcribe: async ({ fromMs = 0, signal }) => {
        heard.push(fromMs);
        if (fromMs > 0 && isFirst) {
          isFirst = false;
          await new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              reject(signal.reason as Error);
            });
          });
        }
        return [said('word', fromMs, fromMs + 100)];
      },
    });
    const { id: recordingId } = desk.recording({ fromMs: 0, toMs: 9000, pauses: [[4000, 5000]] });
    const { id } = await desk.service.post.start({ recordingId });
    await vi.waitFor(() => {
      expect(heard).toEqual([0, 4000]);
    });
    await desk.service.stop();
    expect(desk.service.get(id).status).toBe('running');
    desk.again().resume();
    await desk.event('transcription-completed');
    expect(heard).toEqual([0, 4000, 4000]);
    expect(segmentsOf(desk, id)).toHaveLength(2);
  });

  it('fails with the engine’s own words when it is refused', async () => {
    const errors: unknown[] = [];
    await using desk = await openDesk({
      errors,
      transcribe: () => Promise.reject(new Error('the model is made of cheese')),
    });
    const { id: recordingId } = desk.recording({ fromMs: 0, toMs: 9000 });
    const { id } = await desk.service.post.start({ recordingId });
    expect(await desk.event('transcription-failed')).toMatchObject({
      id,
      code: 'transcription-failed',
      message: 'the model is made of cheese',
    });
    expect(desk.service.get(id)).toMatchObject({ status: 'failed', error: { code: 'transcription-failed' } });
    await vi.waitFor(() => {
      expect(errors).toHaveLength(1);
    });
  });

  it('is broken off and gone when it is deleted meanwhile', async () => {
    await using desk = await openDesk({
      transcribe: ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        }),
    });
    const { id: recordingId } = desk.recording({ fromMs: 0, toMs: 9000 });
    const { id } = await desk.service.post.start({ recordingId });
    await desk.event('transcription-started');
    await desk.service.delete('post', id);
    expect(() => desk.service.get(id)).toThrow(`There is no transcription "${id}"`);
  });
});

describe('a transcript asked for with a recording', () => {
  it('is begun when the recording has ended', async () => {
    await using desk = await openDesk({ transcribe: () => Promise.resolve([said('hi', 0, 100)]) });
    const recording = desk.recording({ fromMs: 0, toMs: 9000 });
    desk.archive.wanted.note(recording, { enabled: true, language: 'en-US' });
    expect(desk.told()).toEqual(['transcription-starting']);
    desk.events.append('participant-recording-stopped', {
      roomId: 'room-1',
      sessionId,
      data: { recordingId: recording.id, stepId: '', participantId: 'ada', fileDetails: [] },
    });
    expect(await desk.event('transcription-completed')).toMatchObject({ recordingId: recording.id });
    expect(desk.service.post.list({}).data).toMatchObject([{ language: 'en-US', status: 'completed' }]);
  });

  it('is begun after a restart when the recording ended with the last run', async () => {
    await using desk = await openDesk({ transcribe: () => Promise.resolve([]) });
    desk.archive.wanted.note(desk.recording({ fromMs: 0, toMs: 9000 }), { enabled: true });
    desk.service.resume();
    expect(await desk.event('transcription-completed')).toMatchObject({ segments: 0 });
  });

  it('is not written down when it is not enabled', async () => {
    await using desk = await openDesk({ transcribe: () => Promise.resolve([]) });
    desk.archive.wanted.note(desk.recording({ fromMs: 0, toMs: 9000 }), { enabled: false });
    expect(desk.service.post.list({}).data).toEqual([]);
  });
});

describe('what cannot be transcribed', () => {
  it.each([
    ['an unknown recording', {}, { recordingId: 'rec_x' }, 'recording-not-found'],
    ['one that still runs', { end: null, status: 'running' as const }, {}, 'already-recording'],
    ['an unknown engine', {}, { engine: 'raman_v1' }, 'unknown-engine'],
  ])('is refused before a job is made: %s', async (_what, recording, body, code) => {
    await using desk = await openDesk({ transcribe: () => Promise.resolve([]) });
    const { id: recordingId } = desk.recording({ fromMs: 0, toMs: 9000, ...recording });
    await expect(desk.service.post.start({ recordingId, ...body })).rejects.toMatchObject({ code });
    expect(desk.service.post.list({}).data).toEqual([]);
    expect(desk.told()).toEqual([]);
  });

  it('is a recording without sound', async () => {
    await using desk = await openDesk({ transcribe: () => Promise.resolve([]) });
    const { id: recordingId } = desk.recording({ fromMs: 0, toMs: 0 });
    await expect(desk.service.post.start({ recordingId })).rejects.toMatchObject({
      code: 'nothing-to-transcribe',
    });
  });

  it('is a recording that is being transcribed already', async () => {
    await using desk = await openDesk({
      transcribe: ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        }),
    });
    const { id: recordingId } = desk.recording({ fromMs: 0, toMs: 9000 });
    await desk.service.post.start({ recordingId });
    await expect(desk.service.post.start({ recordingId })).rejects.toMatchObject({
      code: 'already-transcribing',
    });
  });
});
