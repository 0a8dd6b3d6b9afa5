import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fingerprint, isStamped, writeStamp } from '../../support/set-up/fingerprint.mjs';
import { temporaryDirectory } from '../../support/temporary/index.ts';

describe('the fingerprint of sources', () => {
  it('stays while nothing changes, and changes with contents, names and further values', async () => {
    await using directory = await temporaryDirectory();
    const sources = join(directory.path, 'nodes');
    await mkdir(sources);
    await writeFile(join(sources, 'a.ts'), 'one');
    const first = fingerprint([sources]);

    expect(fingerprint([sources])).toBe(first);
    expect(fingerprint([sources], 'arm64')).not.toBe(first);

    await writeFile(join(sources, 'a.ts'), 'two');
    const changed = fingerprint([sources]);
    expect(changed).not.toBe(first);

    await rename(join(sources, 'a.ts'), join(sources, 'b.ts'));
    expect(fingerprint([sources])).not.toBe(changed);
  });

  it('does not look at what is built or installed', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(join(directory.path, 'a.ts'), 'one');
    const before = fingerprint([directory.path]);
    for (const folder of ['dist', 'node_modules']) {
      await mkdir(join(directory.path, folder));
      await writeFile(join(directory.path, folder, 'a.js'), 'built');
    }

    expect(fingerprint([directory.path])).toBe(before);
  });

  it('is known again by the stamp of a finished step', async () => {
    await using directory = await temporaryDirectory();
    const stamp = join(directory.path, 'deep/stamp');
    expect(isStamped(stamp, 'one')).toBe(false);

    writeStamp(stamp, 'one');

    expect(isStamped(stamp, 'one')).toBe(true);
    expect(isStamped(stamp, 'two')).toBe(false);
  });
});
