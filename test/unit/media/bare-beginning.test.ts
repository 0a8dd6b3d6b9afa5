import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { removeBareBeginning } from '../../../runtime/media/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

/** An element of Matroska: its id, and its size or none (unknown) in front of what it holds. */
const element = (id: string, content: string, size?: number): string =>
  id + (size === undefined ? '01ffffffffffffff' : (0x80 | size).toString(16)) + content;

const header = element('1a45dfa3', '428288', 3);
const bareCluster = element('1f43b675', element('e7', '00', 1));
const block = element('a3', '81000080ff', 5);
const left = (hex: string): Buffer => Buffer.from(hex, 'hex');
const cutOff = (hex: string): Buffer => left(hex).subarray(0, -2);

describe('what a recording leaves that was killed before its first frame', () => {
  it.each([
    ['nothing at all', left('')],
    ['half a header', left('1a45')],
    ['a header', left(header)],
    ['a segment with nothing in it', left(header + element('18538067', ''))],
    ['a cluster with nothing in it', left(header + element('18538067', bareCluster))],
    ['half a frame', cutOff(header + element('18538067', bareCluster + block))],
  ])('is removed: %s', async (_what, bytes) => {
    await using directory = await temporaryDirectory();
    const path = directory.entry('stp_1-1.mp4.mkv');
    await writeFile(path, bytes);
    expect(await removeBareBeginning(directory.entry('stp_1-1.mp4'))).toBe(true);
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ['one frame', left(header + element('18538067', bareCluster + block))],
    ['a finished file', left(header + element('18538067', '', 0))],
    ['what is no Matroska file', left('00112233445566778899')],
  ])('stays when it is more than that: %s', async (_what, bytes) => {
    await using directory = await temporaryDirectory();
    const path = directory.entry('stp_1-1.webm');
    await writeFile(path, bytes);
    expect(await removeBareBeginning(path)).toBe(false);
    expect(existsSync(path)).toBe(true);
  });

  it('is none where there is no file', async () => {
    await using directory = await temporaryDirectory();
    expect(await removeBareBeginning(directory.entry('stp_1-1.webm'))).toBe(false);
  });
});
