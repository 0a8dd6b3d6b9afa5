import { existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { RoomflowError } from '../../../../contract/index.ts';

/** The files of a model: how sounds sound, which words follow each other, how words are spoken. */
export type PocketSphinxModel = { acousticModel: string; languageModel: string; dictionary: string };

/** Where Debian's `pocketsphinx-en-us` puts it. */
export const debianModelDirectory = '/usr/share/pocketsphinx/model/en-us';

/** The library ends the process, or reads no model, where one of these is missing. */
const acousticFiles = ['mdef', 'means', 'variances', 'transition_matrices', 'feat.params'];

/**
 * Finds the files in a folder laid out as Debian's: a folder with `mdef`, a `*.lm.bin` or `*.lm`, a `*.dict`.
 *
 * @throws RoomflowError `engine-not-ready` naming what is missing
 */
export function findModel(directory = debianModelDirectory): PocketSphinxModel {
  if (!isFolder(directory)) {
    throw new RoomflowError('engine-not-ready', `There is no folder ${directory}. ${remedyOf(directory)}`);
  }
  const names = readdirSync(directory).sort();
  const acousticModel = names.map((name) => join(directory, name)).find(isAcousticModel);
  const languageModel = names.find((name) => /\.lm(\.bin|\.dmp)?$/i.test(name) && !name.includes('phone'));
  const dictionary = names.find((name) => /\.(dict|dic)$/i.test(name));
  if (acousticModel === undefined || languageModel === undefined || dictionary === undefined) {
    const missing = [
      acousticModel === undefined ? `an acoustic model (a folder with ${acousticFiles.join(', ')})` : '',
      languageModel === undefined ? 'a language model (*.lm.bin, *.lm or *.lm.dmp)' : '',
      dictionary === undefined ? 'a dictionary (*.dict or *.dic)' : '',
    ].filter((name) => name !== '');
    throw new RoomflowError(
      'engine-not-ready',
      `The folder ${directory} lacks ${missing.join(' and ')}. ${remedyOf(directory)}`,
    );
  }
  return {
    acousticModel,
    languageModel: join(directory, languageModel),
    dictionary: join(directory, dictionary),
  };
}

/**
 * Finds the libraries without loading them, so that any process may ask.
 *
 * @throws RoomflowError `engine-not-ready` when they are not installed
 */
export function findLibraries(folders: readonly string[] = libraryFolders()): {
  base: string;
  recogniser: string;
} {
  const [base, recogniser] = ['libsphinxbase.so.3', 'libpocketsphinx.so.3'].map((name) =>
    folders.map((folder) => join(folder, name)).find((path) => existsSync(path)),
  );
  if (base === undefined || recogniser === undefined) {
    throw new RoomflowError(
      'engine-not-ready',
      'The built-in recogniser needs libpocketsphinx.so.3. On Debian or Ubuntu: apt-get install libpocketsphinx3 pocketsphinx-en-us.',
    );
  }
  return { base, recogniser };
}

const debianTriplets: Partial<Record<string, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
  arm: 'arm-linux-gnueabihf',
};

function libraryFolders(): string[] {
  const named = (process.env['LD_LIBRARY_PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const triplet = debianTriplets[process.arch];
  const debian = triplet === undefined ? [] : [`/usr/lib/${triplet}`];
  return [...named, ...debian, '/usr/local/lib', '/usr/lib64', '/usr/lib'];
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const isAcousticModel = (path: string): boolean =>
  isFolder(path) && acousticFiles.every((file) => existsSync(join(path, file)));

function remedyOf(directory: string): string {
  return directory === debianModelDirectory
    ? 'On Debian or Ubuntu: apt-get install libpocketsphinx3 pocketsphinx-en-us.'
    : 'Give the folder of a PocketSphinx model, laid out as /usr/share/pocketsphinx/model/en-us of Debian is.';
}
