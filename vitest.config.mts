import { defineConfig } from 'vitest/config';

const suite = (name: string, extra: object = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    setupFiles: ['test/support/patience.ts'],
    expect: { poll: { timeout: 10_000 } },
    ...extra,
  },
});

// One file at a time: these start servers, browsers and ffmpeg, and the machine may have two cores.
const oneAtATime = (limitMs: number) => ({
  fileParallelism: false,
  // Of tests that say they may run side by side.
  maxConcurrency: 2,
  testTimeout: limitMs,
  hookTimeout: limitMs,
});

const sideBySide = (include: readonly string[], files: number, group: number) => ({
  include,
  maxWorkers: files,
  sequence: { groupOrder: group },
  testTimeout: 120_000,
  hookTimeout: 120_000,
});

/**
 * Integration tests that wait most of their time, for what is spoken in real time or for a file to be long enough, and
 * whose outcome does not hang on how fast the machine is: of two cores they use a quarter, and three files at a time
 * take little longer than one. What measures delays, rates or lip sync, and what keeps a browser's camera busy, stays
 * alone.
 */
const waiting = [
  'test/integration/{api,docs,events,graphs,store,transcripts}/**/*.test.ts',
  'test/integration/media/{listener,recording-survival,speech-engines,transcribe-file}.test.ts',
  'test/integration/runtime/{access-rules,bad-input,console-page,empty-room,events,graph-plays}.test.ts',
  'test/integration/runtime/{hls,hls-runtime-killed,joining,livestreams,merged-recordings,plays}.test.ts',
  'test/integration/runtime/{polls,questions-and-gifts,recordings,room-recordings,stage}.test.ts',
  'test/integration/runtime/{steps-after-more-crashes,tap-files,tap-pictures,tap-rtp,tap-streams}.test.ts',
  'test/integration/runtime/{tracks-away,transcribe-after-a-crash,transcribe-engine-lost}.test.ts',
  'test/integration/runtime/{transcribe-people,transcribe,whip}.test.ts',
];
/** These wait as well, but an n8n takes both cores for ten seconds to start. */
const withN8n = ['test/integration/n8n-host.test.ts', 'test/integration/nodes/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      suite('unit', { testTimeout: 30_000, hookTimeout: 30_000 }),
      suite('integration', { ...oneAtATime(120_000), exclude: [...waiting, ...withN8n] }),
      suite('integration-waiting', sideBySide(waiting, 3, 1)),
      suite('integration-n8n', sideBySide(withN8n, 2, 2)),
      suite('e2e', oneAtATime(300_000)),
      // Real time and long; `npm run nightly`, not part of `npm test`.
      suite('nightly', oneAtATime(1_200_000)),
    ],
  },
});
