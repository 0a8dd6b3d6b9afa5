import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RoomflowError } from '../../../../contract/index.ts';

/** The files of a model: how sounds sound, which words follow each other, how words are spoken. */
export type PocketSphinxModel = { acousticModel: string; languageModel: string; dictionary: string };

/** Where Debian's `pocketsphinx-en-us` puts it. */
export const debianModelDirectory = '/usr/share/pocketsphinx/model/en-us';

/**
 * Finds the files in a folder laid out as Debian's: a folder with `mdef`, a `*.lm.bin` or `*.lm`, a `*.dict`.
 *
 * @throws RoomflowError `engine-not-ready` naming what is missing
 */
export async function findModel(directory = debianModelDirectory): Promise<PocketSphinxModel> {
  const names = await readdir(directory).catch((cause: unknown) => {
    throw new RoomflowError('engine-not-ready', `There is no folder ${directory}. ${remedyOf(directory)}`, {
      cause,
    });
  });
  const acousticModel = names
    .map((name) => join(directory, name))
    .find((path) => existsSync(join(path, 'mdef')));
  const languageModel = names.find((name) => /\.lm(\.bin|\.dmp)?$/i.test(name) && !name.includes('phone'));
  const dictionary = names.find((name) => /\.(dict|dic)$/i.test(name));
  if (acousticModel === undefined || languageModel === undefined || dictionary === undefined) {
    const missing = [
      acousticModel === undefined ? 'an acoustic model (a folder with mdef)' : '',
      languageModel === undefined ? 'a language model (*.lm.bin)' : '',
      dictionary === undefined ? 'a dictionary (*.dict)' : '',
    ].filter((name) => name !== '');
    throw new RoomflowError(
      'engine-not-ready',
      `The folder ${directory} holds no ${missing.join(', no ')}. ${remedyOf(directory)}`,
    );
  }
  return {
    acousticModel,
    languageModel: join(directory, languageModel),
    dictionary: join(directory, dictionary),
  };
}

function remedyOf(directory: string): string {
  return directory === debianModelDirectory
    ? 'On Debian or Ubuntu: apt-get install pocketsphinx-en-us.'
    : 'Give the folder of a PocketSphinx model, laid out as /usr/share/pocketsphinx/model/en-us of Debian is.';
}
