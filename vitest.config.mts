import { defineConfig } from 'vitest/config';

const suite = (name: string, extra: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...extra },
});

// One file at a time: these start servers, browsers and ffmpeg, and the machine may have two cores.
const oneAtATime = (limitMs: number) => ({
  fileParallelism: false,
  testTimeout: limitMs,
  hookTimeout: limitMs,
});

export default defineConfig({
  test: {
    projects: [
      suite('unit'),
      suite('integration', oneAtATime(120_000)),
      suite('e2e', oneAtATime(300_000)),
      // Real time and long; `npm run nightly`, not part of `npm test`.
      suite('nightly', oneAtATime(1_200_000)),
    ],
  },
});
