import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RecordingFile, TranscriptSegment } from '../../../../runtime/contract/index.ts';
import { Api } from '../../../../runtime/web/console/client/index.ts';
import { findRecording } from '../../../../runtime/web/console/recordings/find-recording.ts';
import { heardIn, placeIn, sayingAt } from '../../../../runtime/web/console/recordings/saying.ts';

const segment = (
  segmentId: string,
  participantId: string,
  startMs: number,
  endMs: number,
): TranscriptSegment => ({
  ...{ segmentId, participantId, participantName: participantId, text: segmentId, language: 'en' },
  ...{ startMs, endMs },
});
const segments = [
  segment('before', 'ada', 1_000, 4_000),
  segment('first', 'ada', 6_000, 8_000),
  segment('answer', 'ben', 7_500, 9_000),
  segment('after', 'ada', 40_000, 41_000),
];
/** From 5 to 30 seconds of the session. */
const file = { meta: { startMs: 5_000, endMs: 30_000 } } as Pick<RecordingFile, 'meta'>;

describe('a transcript beside a recording', () => {
  it('holds what was said while the room was recorded', () => {
    const heard = heardIn(segments, { mode: 'meeting', participantId: null }, file);
    expect(heard.map(({ segmentId }) => segmentId)).toEqual(['first', 'answer']);
  });

  it('holds what one said where one alone was recorded', () => {
    const heard = heardIn(segments, { mode: 'participant', participantId: 'ben' }, file);
    expect(heard.map(({ segmentId }) => segmentId)).toEqual(['answer']);
  });

  it('leads to the place in the file, which has a clock of its own', () => {
    expect(placeIn(file, { startMs: 6_000 })).toBe(1);
    expect(placeIn(file, { startMs: 4_000 })).toBe(0);
  });

  it.each([
    [5_000, []],
    [6_000, ['first']],
    [7_600, ['first', 'answer']],
    [9_200, ['answer']],
    [9_500, []],
  ])('at %d ms marks %j', (atMs, ids) => {
    expect([...sayingAt(segments, atMs)]).toEqual(ids);
  });
});

describe('a recording that is looked for by its id', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  const answering = (path: string, found: object): Api => {
    vi.stubGlobal('fetch', (asked: string) =>
      Promise.resolve(
        asked === path
          ? Response.json(found)
          : Response.json({ code: 'recording-not-found', message: 'There is none.' }, { status: 404 }),
      ),
    );
    return new Api('key');
  };

  it('is found whatever it is of', async () => {
    const api = answering('/v2/recordings/participant/track/rec_1', { recordingId: 'rec_1', mode: 'track' });
    expect(await findRecording(api, 'rec_1')).toMatchObject({ mode: 'track' });
  });

  it('may be a merge of several, whose one file is shown like any other', async () => {
    const api = answering('/v2/recordings/participant/merge/rec_2', { recordingId: 'rec_2', file });
    expect(await findRecording(api, 'rec_2')).toMatchObject({
      mode: 'merge',
      participantName: null,
      files: [file],
    });
  });

  it('is not found when it is of no kind', async () => {
    await expect(findRecording(answering('/elsewhere', {}), 'rec_3')).rejects.toMatchObject({
      code: 'recording-not-found',
    });
  });
});
