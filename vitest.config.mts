import { defineConfig } from 'vitest/config';

const suite = (name: string, extra: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...extra },
});

export default defineConfig({
  test: {
    projects: [
      suite('unit'),
      // One file at a time: these start servers, browsers and ffmpeg, and the machine may have two cores.
      suite('integration', { fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 }),
      suite('e2e', { fileParallelism: false, testTimeout: 300_000, hookTimeout: 300_000 }),
    ],
  },
});
