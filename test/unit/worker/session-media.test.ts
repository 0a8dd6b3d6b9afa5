import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CompositorOptions } from '../../../runtime/media/index.ts';
import { SessionMedia } from '../../../runtime/worker/session-media.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';
import { SessionDouble } from './support/session-double.ts';

describe('the media of a session', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    folder = await temporaryDirectory();
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  it('ends the composition of a step that could not be started', async () => {
    const compositors = new SessionDouble();
    const session = new SessionMedia({
      ...{ sessionId: 'ses_1', roomId: 'room', startedAtMs: 0, maxForwardedSpeakers: 0 },
      settings: {},
      emit: () => undefined,
      report: () => undefined,
      addressOf: () => Promise.reject(new Error('no addresses here')),
      speech: { engines: {}, voices: {} },
      createCompositor: (options: CompositorOptions) => compositors.createCompositor(options),
    });
    const file = folder.entry('a file');
    await writeFile(file, '');
    const config = {};
    expect(() => {
      session.startStep({
        ...{ sessionId: 'ses_1', stepId: 'stp_1', type: 'hls', part: 1 },
        params: { config, rungs: ['low'] },
        directory: `${file}/hls`,
        composition: { id: 'cmp_1', config },
      });
    }).toThrow(/ENOTDIR/);
    expect(compositors.compositors.map(({ isClosed }) => isClosed)).toEqual([true]);
    await session.close();
  });
});
