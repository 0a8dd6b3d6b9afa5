import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeFilesBefore, removeIfEmpty } from '../../../runtime/graph/taps/sweep.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

describe('sweeping up behind taps', () => {
  it('removes what is too old, and the folders that are left empty', async () => {
    await using directory = await temporaryDirectory();
    const now = Date.now();
    const files = { 'ses_1/stp_1/old.jpg': 3, 'ses_1/stp_2/old.wav': 3, 'ses_1/stp_2/new.jpg': 1 };
    for (const [name, ageHours] of Object.entries(files)) {
      const path = join(directory.path, name);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, '');
      const at = new Date(now - ageHours * 3_600_000);
      await utimes(path, at, at);
    }
    await removeFilesBefore(directory.path, now - 2 * 3_600_000);
    expect(await readdir(directory.path, { recursive: true })).toEqual([
      'ses_1',
      'ses_1/stp_2',
      'ses_1/stp_2/new.jpg',
    ]);
  });

  it('leaves a folder alone that holds something or is gone', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(directory.entry('file'), '');
    await removeIfEmpty(directory.path);
    await removeIfEmpty(directory.entry('none'));
    expect(await readdir(directory.path)).toEqual(['file']);
  });
});
