import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { workingPathFor } from './file-format.ts';
import type { FileFormat } from './recorded-file.ts';

/**
 * A path of that name that nothing is written to yet: `name.mp4`, else `name-2.mp4` and so on.
 *
 * @param firstNumber - 2 for the second file of a recording.
 */
export const freePath = (
  directory: string,
  baseName: string,
  format: FileFormat,
  firstNumber = 1,
): string => {
  for (let number = firstNumber; ; number++) {
    const path = join(directory, `${baseName}${number === 1 ? '' : `-${number}`}.${format}`);
    if (!existsSync(path) && !existsSync(workingPathFor(path, format))) return path;
  }
};
