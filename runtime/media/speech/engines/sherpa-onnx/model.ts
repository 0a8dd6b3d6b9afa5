import { closeSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { RoomflowError } from '../../../../contract/index.ts';

/** The files of a model and what kind of model they are. */
export type SherpaModel = { tokens: string; streaming: boolean; wordTimes: boolean } & (
  | { kind: 'transducer'; encoder: string; decoder: string; joiner: string; isNemo: boolean }
  | { kind: 'paraformer'; encoder: string; decoder: string }
  | { kind: 'whisper'; encoder: string; decoder: string }
  | { kind: 'single'; of: 'zipformer-ctc' | 'nemo-ctc' | 'sense-voice' | 'paraformer'; model: string }
);

const KINDS =
  'a transducer (encoder, decoder, joiner), a streaming paraformer (encoder, decoder), Whisper (*-encoder, *-decoder), ' +
  'or SenseVoice, NeMo CTC, Zipformer CTC or paraformer (model.onnx)';

/** Exporters write what a model is as text at the end of its file. */
const METADATA_BYTES = 1 << 16;

/**
 * Recognises a model of sherpa-onnx by its files, as its releases name them. Native code ends the process on files that
 * are not what they should be, so they are looked at first.
 *
 * @throws RoomflowError `engine-not-ready` that names the folder and what is missing
 */
export function findSherpaModel(directory: string): SherpaModel {
  if (!(statSync(directory, { throwIfNoEntry: false })?.isDirectory() ?? false)) {
    throw notReady(`There is no folder ${directory}.`);
  }
  const names = readdirSync(directory).sort();
  const tokens = names.find((name) => /(^|-)tokens\.txt$/.test(name));
  if (tokens === undefined) throw notReady(`The folder ${directory} holds no tokens.txt.`);
  const model = kindOf(directory, names);
  if (model === null) throw notReady(`The folder ${directory} holds no model that is known: ${KINDS}.`);
  for (const file of filesOf(model)) requireOnnx(file);
  requireText(join(directory, tokens));
  return { ...model, tokens: join(directory, tokens) };
}

/** @throws RoomflowError `engine-not-ready` when the optional package or its binary for this machine is missing */
export function requireSherpaPackage(): void {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  try {
    const here = createRequire(import.meta.url);
    createRequire(here.resolve('sherpa-onnx-node')).resolve(
      `sherpa-onnx-${platform}-${process.arch}/sherpa-onnx.node`,
    );
  } catch {
    throw new RoomflowError(
      'engine-not-ready',
      `The package sherpa-onnx-node is not installed for ${platform}-${process.arch}: npm install sherpa-onnx-node.`,
    );
  }
}

/** Each kind without its tokens. */
type Found = SherpaModel extends infer Kind
  ? Kind extends SherpaModel
    ? Omit<Kind, 'tokens'>
    : never
  : never;

function kindOf(directory: string, names: readonly string[]): Found | null {
  /** The smaller of two alike: sherpa-onnx names quantised files `*.int8.onnx`. */
  const find = (part: string): string | undefined => {
    const alike = names.filter((name) => name.endsWith('.onnx') && part === partOf(name));
    const chosen = alike.find((name) => name.includes('int8')) ?? alike[0];
    return chosen === undefined ? undefined : join(directory, chosen);
  };
  const encoder = find('encoder');
  const decoder = find('decoder');
  const joiner = find('joiner');
  const model = find('model');
  const folder = basename(directory).toLowerCase();
  if (encoder !== undefined && decoder !== undefined) {
    const says = describedBy(encoder, folder);
    if (joiner !== undefined) {
      const isNemo = says('nemo', 'parakeet', 'EncDecRNNT', 'EncDecHybrid');
      return {
        kind: 'transducer',
        encoder,
        decoder,
        joiner,
        isNemo,
        streaming: streams(says),
        wordTimes: true,
      };
    }
    if (/.-encoder[^/]*$/.test(basename(encoder)) || says('whisper')) {
      return { kind: 'whisper', encoder, decoder, streaming: false, wordTimes: false };
    }
    return says('paraformer')
      ? { kind: 'paraformer', encoder, decoder, streaming: true, wordTimes: true }
      : null;
  }
  return model === undefined ? null : singleKind(model, folder);
}

function singleKind(model: string, folder: string): Found | null {
  const says = describedBy(model, folder);
  if (says('sense_voice', 'sense-voice', 'sensevoice')) {
    return { kind: 'single', of: 'sense-voice', model, streaming: false, wordTimes: true };
  }
  if (says('nemo', 'EncDecCTC', 'EncDecHybrid')) {
    return streams(says)
      ? null
      : { kind: 'single', of: 'nemo-ctc', model, streaming: false, wordTimes: true };
  }
  if (says('paraformer')) {
    return { kind: 'single', of: 'paraformer', model, streaming: false, wordTimes: true };
  }
  if (says('zipformer')) {
    return { kind: 'single', of: 'zipformer-ctc', model, streaming: streams(says), wordTimes: true };
  }
  return null;
}

/** `encoder-epoch-99-avg-1.int8.onnx` and `tiny.en-encoder.onnx` are encoders; `ctc-…` and `model.int8.onnx` models. */
const partOf = (name: string): string | undefined =>
  /(?:^|-)(encoder|decoder|joiner|model)(?=[-.])/.exec(name)?.[1] ??
  (/^ctc[-.]/.test(name) ? 'model' : undefined);

type Says = (...marks: string[]) => boolean;

/** Whether the name of the folder or of the file, or what stands in the file, holds one of the marks. */
function describedBy(file: string, folder: string): Says {
  const text = `${folder}\n${basename(file)}\n${endOf(file)}`.toLowerCase();
  return (...marks) => marks.some((mark) => text.includes(mark.toLowerCase()));
}

/** The metadata of streaming Zipformer models name a chunk, those of NeMo’s the shift of one. */
const streams = (says: Says): boolean => says('streaming', 'chunk-', 'decode_chunk_len', 'chunk_shift');

function endOf(file: string): string {
  const { size } = statSync(file);
  const bytes = Buffer.alloc(Math.min(size, METADATA_BYTES));
  read(file, bytes, size - bytes.length);
  return bytes.toString('latin1');
}

/** ONNX files are protobufs whose first field is the version of the format: 0x08, and a small number. */
function requireOnnx(file: string): void {
  const bytes = Buffer.alloc(2);
  const isOnnx =
    read(file, bytes, 0) === 2 && bytes[0] === 0x08 && (bytes[1] ?? 0) > 0 && (bytes[1] ?? 0) < 32;
  if (!isOnnx) {
    throw notReady(
      `${file} is no ONNX model; the download may have been cut off, or be a pointer of Git LFS.`,
    );
  }
}

/** A token and its number in each line. */
function requireText(tokens: string): void {
  const bytes = Buffer.alloc(256);
  const length = read(tokens, bytes, 0);
  const [first = ''] = bytes.toString('utf8', 0, length).split('\n');
  if (!/\S+\s+\d+\s*$/.test(first)) {
    throw notReady(`${tokens} is no list of tokens with their numbers.`);
  }
}

function read(file: string, bytes: Buffer, at: number): number {
  const descriptor = openSync(file, 'r');
  try {
    return readSync(descriptor, bytes, 0, bytes.length, at);
  } finally {
    closeSync(descriptor);
  }
}

function filesOf(model: Found): string[] {
  switch (model.kind) {
    case 'transducer':
      return [model.encoder, model.decoder, model.joiner];
    case 'paraformer':
    case 'whisper':
      return [model.encoder, model.decoder];
    case 'single':
      return [model.model];
  }
}

const notReady = (problem: string): RoomflowError =>
  new RoomflowError(
    'engine-not-ready',
    `${problem} Set "modelDirectory" of the engine to the unpacked folder of a model from the releases of sherpa-onnx.`,
  );
