import { describe, expect, it } from 'vitest';
import { textOf } from '../../../nodes/Transcribe/transcription-item.ts';

const said = (participantName: string, text: string) => ({
  segmentId: 's',
  participantId: null,
  participantName,
  text,
  startMs: 0,
  endMs: 1,
  language: null,
});

describe('the text of a transcript', () => {
  it('is a line for each turn, with who speaks', () => {
    expect(
      textOf([
        said('Ann', 'Shall we?'),
        said('Ann', 'On Friday.'),
        said('Ben', 'Fine.'),
        said('Ann', 'Good.'),
      ]),
    ).toBe('Ann: Shall we? On Friday.\nBen: Fine.\nAnn: Good.');
  });

  it('leaves the speaker out where it cannot be told', () => {
    expect(textOf([said('', 'Who was that?')])).toBe('Who was that?');
  });

  it('is empty when nothing was said', () => {
    expect(textOf([])).toBe('');
  });
});
