import { describe, expect, it } from 'vitest';
import { UtteranceResults, readMessage } from '../../../../runtime/media/speech/engines/deepgram/results.ts';
import {
  passing,
  retryAfterMs,
  statusFailure,
} from '../../../../runtime/media/speech/engines/engine-failure.ts';
import { languageTag } from '../../../../runtime/media/speech/engines/language-name.ts';
import { readTranscription } from '../../../../runtime/media/speech/engines/openai-answer.ts';
import { wordsOf } from '../../../../runtime/media/speech/engines/sherpa-onnx/words.ts';

describe('a status of a service', () => {
  it.each([
    [401, 'engine-unauthorized', false],
    [402, 'engine-unauthorized', false],
    [403, 'engine-unauthorized', false],
    [404, 'engine-not-ready', false],
    [400, 'engine-failed', false],
    [413, 'engine-failed', false],
    [429, 'engine-rate-limited', true],
    [408, 'engine-failed', true],
    [500, 'engine-failed', true],
    [503, 'engine-failed', true],
  ])('%i is %s, and may pass: %s', (status, code, mayPass) => {
    const error = statusFailure('The service', status, '', null);
    expect(error.code).toBe(code);
    expect(error.message).toContain(String(status));
    expect(passing(error).mayPass).toBe(mayPass);
  });

  it('hands on for how long the service wants to be left alone', () => {
    expect(passing(statusFailure('The service', 429, '', '7'))).toEqual({
      mayPass: true,
      retryAfterMs: 7000,
    });
  });

  it('reads Retry-After as seconds or as a date', () => {
    const nowMs = Date.parse('Thu, 01 Jan 2026 00:00:00 GMT');
    expect(retryAfterMs('1.5', nowMs)).toBe(1500);
    expect(retryAfterMs('Thu, 01 Jan 2026 00:00:09 GMT', nowMs)).toBe(9000);
    expect(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', nowMs)).toBe(0);
    expect(retryAfterMs('soon', nowMs)).toBeNull();
  });
});

describe('an answer of /audio/transcriptions', () => {
  it('is the text alone', () => {
    expect(readTranscription('{"text":" Hello. "}', null)).toEqual({
      text: 'Hello.',
      language: null,
      words: null,
    });
  });

  it('has words beside the text, or within segments', () => {
    const words = [{ text: 'Hello', startMs: 120, endMs: 500 }];
    const word = { word: ' Hello', start: 0.12, end: 0.5 };
    const beside = { text: 'Hello', language: 'english', words: [word] };
    const within = { text: 'Hello', language: 'en', segments: [{ words: [word] }] };
    expect(readTranscription(JSON.stringify(beside), null)).toEqual({ text: 'Hello', language: 'en', words });
    expect(readTranscription(JSON.stringify(within), null)).toEqual({ text: 'Hello', language: 'en', words });
  });

  it.each(['', '<html>', '[]', '{"error":{}}', '{"text":1}', 'null'])('is not %j', (body) => {
    expect(readTranscription(body, null)).toBeNull();
  });
});

describe('the name of a language', () => {
  it.each([
    ['english', 'en'],
    ['Portuguese', 'pt'],
    ['de', 'de'],
    ['pt-BR', 'pt-BR'],
    ['', null],
    ['an unknown one', null],
    [null, null],
  ])('%j is %j', (name, tag) => {
    expect(languageTag(name)).toBe(tag);
  });
});

describe('results of a live transcription', () => {
  const results = (start: number, end: number, words: [string, number, number][], isFinal = true) => {
    const said = readMessage(
      JSON.stringify({
        type: 'Results',
        start,
        duration: end - start,
        is_final: isFinal,
        channel: {
          alternatives: [
            {
              transcript: words.map(([word]) => word).join(' '),
              words: words.map(([word, from, to]) => ({ word, start: from, end: to, confidence: 0.5 })),
            },
          ],
        },
      }),
    );
    if (said === null || !('results' in said)) throw new Error('These are results.');
    return said.results;
  };

  it('are gathered: final parts, and what may still change behind them', () => {
    const utterance = new UtteranceResults(0, null);
    utterance.add(results(0, 1, [['hello', 0.1, 0.5]]), Infinity);
    utterance.add(results(1, 2, [['word', 1.1, 1.5]], false), Infinity);
    expect(utterance.recognised.text).toBe('hello word');
    utterance.add(results(1, 2, [['world', 1.1, 1.5]]), Infinity);
    expect(utterance.recognised).toMatchObject({ text: 'hello world' });
    expect(utterance.finalSeconds).toBe(2);
  });

  it('are shared out between utterances by words, with times of each utterance', () => {
    const [one, two] = [new UtteranceResults(0, 'en'), new UtteranceResults(2, 'en')];
    const both = results(0, 4, [
      ['first', 1, 1.5],
      ['second', 2.5, 3],
    ]);
    one.add(both, 2);
    two.add(both, Infinity);
    expect(one.recognised.text).toBe('first');
    expect(two.recognised).toEqual({
      text: 'second',
      language: 'en',
      words: [{ text: 'second', startMs: 500, endMs: 1000, confidence: 0.5 }],
    });
  });

  it('of another utterance are none', () => {
    expect(new UtteranceResults(2, null).add(results(0, 2, [['late', 1, 1.5]]), Infinity)).toBe(false);
  });

  it('tells errors from what does not matter', () => {
    expect(readMessage('{"type":"Error","description":"No."}')).toEqual({ error: 'No.' });
    expect(readMessage('{"type":"Metadata"}')).toBeNull();
  });
});

describe('words of tokens', () => {
  it('begin with a space, or with the mark of SentencePiece', () => {
    expect(wordsOf([' HE', 'LLO', '▁WORLD'], [0.1, 0.2, 0.6], 2)).toEqual([
      { text: 'HELLO', startMs: 100, endMs: 600 },
      { text: 'WORLD', startMs: 600, endMs: 900 },
    ]);
  });

  it('are characters in Chinese and Japanese', () => {
    expect(wordsOf(['你', '好'], [0, 0.2], 1)?.map(({ text }) => text)).toEqual(['你', '好']);
  });

  it('have no times where the model says none', () => {
    expect(wordsOf(['a'], undefined, 1)).toBeNull();
    expect(wordsOf(['a', 'b'], [0], 1)).toBeNull();
  });
});
