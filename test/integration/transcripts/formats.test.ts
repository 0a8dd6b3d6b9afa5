import { describe, expect, it } from 'vitest';
import type { TranscriptSegment } from '../../../runtime/contract/index.ts';
import { transcriptWriters, type Transcript } from '../../../runtime/graph/transcriptions/formats/index.ts';
import { cuesOf, documentOf, linesOf, rowsOf } from '../../support/transcripts/index.ts';

const segment = (
  participantId: string | null,
  participantName: string,
  text: string,
  startMs: number,
  endMs: number,
): TranscriptSegment => ({
  segmentId: `seg_${startMs}`,
  participantId,
  participantName,
  text,
  startMs,
  endMs,
  language: 'en-US',
});
const transcript = (segments: TranscriptSegment[]): Transcript => ({
  id: 'trn_1',
  type: 'post',
  roomId: 'room-1',
  sessionId: 'ses_1',
  recordingId: 'rec_1',
  sessionStart: '2026-01-01T00:00:00.000Z',
  recordingStartMs: 1000,
  engine: 'pocketsphinx',
  language: 'en-US',
  speakersBy: 'participant-audio',
  segments,
  gaps: [],
});

const odd = transcript([
  segment('ada', 'Ada', 'plain words', 1000.4, 2000.6),
  segment('ben', 'Ben <b> & "co"', 'five < six & seven > two --> nine', 1500, 2500),
  segment('eva', 'Ada', 'another of that name', 3_723_004, 3_724_000),
  segment(null, '', 'who said\nthis,\tor that?\n\nnobody knows', 360_000_000, 360_000_000),
  segment('zoe', 'Zoë 🎤', 'Grüße — 你好 \u0007', 360_001_000, 360_002_000),
  segment('ada', 'Ada', '   ', 360_003_000, 360_004_000),
]);
const expected = [
  { startMs: 1000, endMs: 2001, speaker: 'Ada', text: 'plain words' },
  { startMs: 1500, endMs: 2500, speaker: 'Ben <b> & "co"', text: 'five < six & seven > two --> nine' },
  { startMs: 3_723_004, endMs: 3_724_000, speaker: 'Ada (2)', text: 'another of that name' },
  { startMs: 360_000_000, endMs: 360_000_001, speaker: '', text: 'who said this, or that? nobody knows' },
  { startMs: 360_001_000, endMs: 360_002_000, speaker: 'Zoë 🎤', text: 'Grüße — 你好' },
];

describe('a transcript with odd names, odd words and a speaker who cannot be told', () => {
  it('is WebVTT that ffmpeg takes apart into the same cues and voices', async () => {
    expect(await cuesOf(transcriptWriters.vtt(odd), 'vtt')).toEqual(expected);
  });

  it('is SubRip that ffmpeg takes apart into the same cues', async () => {
    const plain = expected.filter(({ speaker }) => !speaker.includes('<'));
    const segments = odd.segments.filter(({ participantId }) => participantId !== 'ben');
    expect(await cuesOf(transcriptWriters.srt(transcript(segments)), 'srt')).toEqual(plain);
  });

  it('has no arrow in SubRip that could be taken for a cue', () => {
    const times = transcriptWriters
      .srt(odd)
      .split('\n')
      .filter((line) => line.includes('-->'));
    expect(times).toHaveLength(expected.length);
  });

  it('is tab-separated values of four columns', () => {
    expect(rowsOf(transcriptWriters.tsv(odd))).toEqual(expected);
  });

  it('is plain text of one line a segment', () => {
    expect(linesOf(transcriptWriters.txt(odd))).toEqual(
      expected.map(({ startMs, endMs, ...rest }) => ({
        startMs: Math.floor(startMs / 1000) * 1000,
        endMs: Math.floor(endMs / 1000) * 1000,
        ...rest,
      })),
    );
  });

  it('is JSON as the contract says, with nothing left out', () => {
    expect(documentOf(transcriptWriters.json(odd))).toEqual(odd);
  });
});

describe('a transcript in which nothing was said', () => {
  const empty = transcript([]);

  it('is valid in every format', () => {
    expect(transcriptWriters.vtt(empty)).toBe('WEBVTT\n');
    expect(transcriptWriters.srt(empty)).toBe('');
    expect(rowsOf(transcriptWriters.tsv(empty))).toEqual([]);
    expect(linesOf(transcriptWriters.txt(empty))).toEqual([]);
    expect(documentOf(transcriptWriters.json(empty)).segments).toEqual([]);
  });
});
