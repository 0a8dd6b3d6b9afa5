import { describe, expect, it } from 'vitest';
import { isSpeakable, resolveVoice, sentencesOf } from '../../../../runtime/media/index.ts';

const cloud = {
  type: 'openai',
  baseUrl: 'https://speech.example/v1',
  model: 'tts-1',
  voice: 'alloy',
} as const;

describe('a text that is spoken', () => {
  it('is cut into sentences, so that the first is heard while the others are made', () => {
    expect(sentencesOf('Hello there!  How are you?\nFine.')).toEqual([
      'Hello there!',
      'How are you?',
      'Fine.',
    ]);
  });

  it('keeps every word of a sentence without end, cut at its commas', () => {
    const text = Array.from({ length: 200 }, (_, index) => `word${index}${index % 9 === 0 ? ',' : ''}`).join(
      ' ',
    );
    const pieces = sentencesOf(text);
    expect(pieces.join(' ')).toBe(text);
    expect(pieces.every((piece) => piece.length <= 300)).toBe(true);
    expect(pieces.slice(0, -1).every((piece) => piece.endsWith(','))).toBe(true);
  });

  it('is cut where it is full when it has no space at all', () => {
    expect(sentencesOf('x'.repeat(700)).map(({ length }) => length)).toEqual([300, 300, 100]);
  });

  it.each([
    ['Hello', true],
    ['日本語', true],
    ['42', true],
    ['…!? -', false],
    ['   ', false],
  ])('%j can be spoken: %s', (text, speakable) => {
    expect(isSpeakable(text)).toBe(speakable);
  });
});

describe('a voice by its name', () => {
  it.each(['flite', 'flite/awb', 'espeak-ng', 'espeak-ng/pt-br', 'cloud', 'cloud/nova'])(
    '%s is there',
    (name) => {
      expect(resolveVoice(name, { cloud }).name).toBe(name);
    },
  );

  it.each(['sam', 'flite/nobody', 'flite/', 'espeak-ng/../../x', 'espeak-ng/', 'constructor', 'cloud/'])(
    '%s is not, which is said with those there are',
    (name) => {
      expect(() => resolveVoice(name, { cloud })).toThrow(/There is no voice .* There are: cloud, flite/);
    },
  );
});
