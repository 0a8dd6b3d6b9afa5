import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { insertGap, insertSegments, updateTranscription } from '../../../../runtime/store/index.ts';
import { openDesk, sessionId, type Desk } from './support/desk.ts';

/** A realtime transcript of which two seconds of Ada are missing. */
function withGap({ archive, store }: Desk): string {
  const { id } = archive.journal.begin({
    type: 'realtime',
    roomId: 'room-1',
    sessionId,
    stepId: 'stp_1',
    recordingId: null,
    engine: 'stand-in',
    language: null,
    summary: undefined,
  });
  insertSegments(store, id, [
    {
      segmentId: 'seg_2',
      participantId: 'ada',
      participantName: 'Ada',
      text: 'after',
      startMs: 14_000,
      endMs: 15_000,
      language: null,
    },
  ]);
  insertGap(store, {
    transcriptionId: id,
    participantId: 'ada',
    participantName: 'Ada',
    startMs: 10_000,
    endMs: 12_000,
    code: 'engine-failed',
    message: 'The engine was away.',
  });
  return id;
}

const stopped = (recordingId: string) => ({
  roomId: 'room-1',
  sessionId,
  data: { recordingId, stepId: '', participantId: 'ada', fileDetails: [] },
});

describe('a gap of a live transcript', () => {
  it('is filled in its place when a recording that holds it completes, and the files say so', async () => {
    await using desk = await openDesk({
      transcribe: ({ fromMs = 0, toMs = 0 }) =>
        Promise.resolve([
          { text: 'between', startMs: fromMs + 300, endMs: toMs - 300, language: null, words: null },
        ]),
    });
    const id = withGap(desk);
    updateTranscription(desk.store, id, { status: 'completed', formats: ['txt'] });
    const { id: recordingId } = desk.recording({ fromMs: 5000, toMs: 20_000 });
    desk.events.append('participant-recording-stopped', stopped(recordingId));
    expect(await desk.event('transcription-gap')).toMatchObject({
      id,
      participantId: 'ada',
      startMs: 10_000,
      endMs: 12_000,
      filled: true,
    });
    expect(
      desk.service.segments(id, {}).data.map(({ text, startMs, endMs }) => [text, startMs, endMs]),
    ).toEqual([
      ['between', 10_100, 11_900],
      ['after', 14_000, 15_000],
    ]);
    expect(desk.service.get(id).gaps).toMatchObject([{ filled: true }]);
    await expect
      .poll(() => readFile(desk.service.file(id, 'transcript.txt').path, 'utf8').catch(() => ''))
      .toBe('[00:00:10 - 00:00:11] Ada: between\n[00:00:14 - 00:00:15] Ada: after\n');
  });

  it('stays open when the recording holds somebody else, or only a part of it', async () => {
    await using desk = await openDesk({ transcribe: () => Promise.resolve([]) });
    const id = withGap(desk);
    desk.recording({ fromMs: 5000, toMs: 20_000, participantId: 'ben' });
    const { id: recordingId } = desk.recording({ fromMs: 11_000, toMs: 20_000 });
    desk.events.append('participant-recording-stopped', stopped(recordingId));
    await desk.service.stop();
    expect(desk.service.get(id).gaps).toMatchObject([{ filled: false, code: 'engine-failed' }]);
  });

  it('is filled after a restart when the recording ended with the last run', async () => {
    await using desk = await openDesk({ transcribe: () => Promise.resolve([]) });
    withGap(desk);
    desk.recording({ fromMs: 5000, toMs: 20_000 });
    desk.service.resume();
    expect(await desk.event('transcription-gap')).toMatchObject({ filled: true });
  });
});
