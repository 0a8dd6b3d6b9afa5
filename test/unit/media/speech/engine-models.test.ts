import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkSpeechEngine,
  describeEngine,
  requireLanguage,
  resolveEngine,
} from '../../../../runtime/media/speech/engines/index.ts';
import { findLibraries, findModel } from '../../../../runtime/media/speech/engines/pocketsphinx/model.ts';
import { findSherpaModel } from '../../../../runtime/media/speech/engines/sherpa-onnx/model.ts';
import { temporaryDirectory } from '../../../support/temporary/index.ts';

/** The beginning of an ONNX file, and what it says of itself at its end. */
const onnx = (metadata = ''): string => `\u0008\u0007${'.'.repeat(100)}${metadata}`;
const tokens = '<blk> 0\na 1\n';

async function folderWith(files: Record<string, string>, name = 'model') {
  const folder = await temporaryDirectory();
  for (const [file, content] of Object.entries(files)) {
    const path = folder.entry(name, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, 'latin1');
  }
  return { path: folder.entry(name), [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

const transducer = (metadata = ''): Record<string, string> => ({
  'encoder-epoch-99-avg-1.onnx': onnx(metadata),
  'encoder-epoch-99-avg-1.int8.onnx': onnx(metadata),
  'decoder-epoch-99-avg-1.onnx': onnx(),
  'joiner-epoch-99-avg-1.onnx': onnx(),
  'tokens.txt': tokens,
});

describe('a folder of sherpa-onnx', () => {
  it.each([
    [
      'a streaming Zipformer by its name',
      'sherpa-onnx-streaming-zipformer-en',
      transducer(),
      { kind: 'transducer', streaming: true },
    ],
    [
      'a streaming Zipformer by its metadata',
      'mine',
      transducer('decode_chunk_len'),
      { kind: 'transducer', streaming: true },
    ],
    [
      'an offline Zipformer',
      'sherpa-onnx-zipformer-en',
      transducer('zipformer2'),
      { kind: 'transducer', streaming: false, isNemo: false },
    ],
    [
      'a transducer of NeMo',
      'sherpa-onnx-nemo-parakeet-tdt',
      transducer(),
      { kind: 'transducer', streaming: false, isNemo: true },
    ],
    [
      'a streaming paraformer',
      'sherpa-onnx-streaming-paraformer-zh',
      { 'encoder.onnx': onnx(), 'decoder.onnx': onnx(), 'tokens.txt': tokens },
      { kind: 'paraformer', streaming: true },
    ],
    [
      'Whisper',
      'sherpa-onnx-whisper-tiny.en',
      { 'tiny.en-encoder.onnx': onnx(), 'tiny.en-decoder.onnx': onnx(), 'tiny.en-tokens.txt': 'IQ== 0\n' },
      { kind: 'whisper', streaming: false },
    ],
    [
      'SenseVoice',
      'sherpa-onnx-sense-voice',
      { 'model.int8.onnx': onnx(), 'tokens.txt': tokens },
      { kind: 'single', of: 'sense-voice' },
    ],
    [
      'NeMo CTC',
      'mine',
      { 'model.onnx': onnx('EncDecCTCModelBPE'), 'tokens.txt': tokens },
      { kind: 'single', of: 'nemo-ctc' },
    ],
    [
      'an offline paraformer',
      'sherpa-onnx-paraformer-zh',
      { 'model.onnx': onnx(), 'tokens.txt': tokens },
      { kind: 'single', of: 'paraformer' },
    ],
    [
      'Zipformer CTC',
      'sherpa-onnx-zipformer-ctc-en',
      { 'model.int8.onnx': onnx(), 'tokens.txt': tokens },
      { kind: 'single', of: 'zipformer-ctc', streaming: false },
    ],
  ])('is known as %s', async (_, name, files, expected) => {
    await using folder = await folderWith(files, name);
    expect(findSherpaModel(folder.path)).toMatchObject(expected);
  });

  it('gives the smaller of two files alike', async () => {
    await using folder = await folderWith(transducer());
    expect(findSherpaModel(folder.path)).toMatchObject({
      encoder: `${folder.path}/encoder-epoch-99-avg-1.int8.onnx`,
    });
  });

  it.each([
    ['holds no tokens', { 'model.onnx': onnx() }, /no tokens\.txt/],
    ['holds no model', { 'tokens.txt': tokens }, /no model that is known/],
    [
      'holds a model of an unknown kind',
      { 'model.onnx': onnx(), 'tokens.txt': tokens },
      /no model that is known/,
    ],
    [
      'holds a pointer of Git LFS',
      { ...transducer(), 'joiner-epoch-99-avg-1.onnx': 'version https://git-lfs' },
      /joiner.* is no ONNX model/,
    ],
    [
      'holds an empty file',
      { ...transducer(), 'decoder-epoch-99-avg-1.onnx': '' },
      /decoder.* is no ONNX model/,
    ],
    ['holds tokens without numbers', { ...transducer(), 'tokens.txt': '<html>\n' }, /no list of tokens/],
  ])('is refused when it %s', async (_, files, message) => {
    await using folder = await folderWith(files);
    expect(() => findSherpaModel(folder.path)).toThrow(message);
    expect(checkSpeechEngine({ type: 'sherpa-onnx', modelDirectory: folder.path })).toMatchObject({
      ready: false,
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('a folder of PocketSphinx', () => {
  const acoustic = Object.fromEntries(
    ['mdef', 'means', 'variances', 'transition_matrices', 'feat.params'].map((file) => [`hmm/${file}`, '']),
  );

  it('is a model with its dictionary and language model, wherever the sounds lie', async () => {
    await using folder = await folderWith({
      ...acoustic,
      'de.lm.bin': '',
      'de.dict': '',
      'de-phone.lm.bin': '',
    });
    expect(findModel(folder.path)).toEqual({
      acousticModel: `${folder.path}/hmm`,
      languageModel: `${folder.path}/de.lm.bin`,
      dictionary: `${folder.path}/de.dict`,
    });
  });

  it('is refused with all that it lacks', async () => {
    await using folder = await folderWith({ ...acoustic, 'de-phone.lm.bin': '' });
    expect(() => findModel(folder.path)).toThrow(/lacks a language model .* and a dictionary/);
  });

  it('does not help without the library', () => {
    expect(() => findLibraries(['/nowhere'])).toThrow(/libpocketsphinx3/);
  });
});

describe('the engine of a name', () => {
  const config = {
    engines: { whisper: { type: 'openai', baseUrl: 'http://speech.example/v1', model: 'whisper-1' } },
    defaultEngine: 'whisper',
  } as const;

  it('is the built-in one, one of the operator, or the default', () => {
    expect(resolveEngine('pocketsphinx', config).settings).toEqual({ type: 'pocketsphinx' });
    expect(resolveEngine('whisper', config).settings).toBe(config.engines.whisper);
    expect(resolveEngine(undefined, config).name).toBe('whisper');
  });

  it.each(['siri', 'constructor'])('is refused with the names there are when there is no "%s"', (name) => {
    expect(() => resolveEngine(name, config)).toThrow(
      `There is no speech engine "${name}". There are: pocketsphinx, whisper.`,
    );
  });

  it('understands English only when it is the built-in one', () => {
    const check = (language: string | null) => () =>
      requireLanguage('pocketsphinx', { type: 'pocketsphinx' }, language);
    for (const language of ['en', 'en-US', 'EN-us', null]) expect(check(language)).not.toThrow();
    expect(check('de')).toThrow(/"de".*en and en-US/);
    expect(check('en-GB')).toThrow(/Ask for en/);
    expect(() => requireLanguage('whisper', config.engines.whisper, 'de')).not.toThrow();
  });

  it('is described to whoever chooses, the modest one too', () => {
    expect(describeEngine({ type: 'pocketsphinx' })).toMatchObject({
      interim: true,
      languages: ['en', 'en-US'],
      note: expect.stringContaining('Modest') as string,
    });
    expect(describeEngine(config.engines.whisper)).toMatchObject({ interim: false, languages: null });
    expect(describeEngine({ type: 'sherpa-onnx', modelDirectory: '/nowhere' }).interim).toBe(false);
  });
});
