import { describe, expect, it } from 'vitest';
import {
  chromium,
  ffmpeg,
  installSystemPackages,
  instructions,
  isRecentFfmpeg,
} from '../../support/set-up/system-packages.mjs';

describe('programs of the machine', () => {
  it.each([
    ['ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026', true],
    ['ffmpeg version n7.1 Copyright', true],
    ['ffmpeg version N-118000-gabcdef Copyright', true],
    ['ffprobe version 10.0 Copyright', true],
    ['ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright', false],
    ['not ffmpeg at all', false],
    [undefined, false],
  ])('takes "%s" for recent enough: %s', (banner, recent) => {
    expect(isRecentFfmpeg(banner)).toBe(recent);
  });

  it('tells one who may not install them exactly what to install', () => {
    const text = instructions([ffmpeg, chromium], ['ffmpeg', 'chromium']);

    expect(text).toContain('sudo apt-get update && sudo apt-get install -y ffmpeg chromium');
    expect(text).toContain('ffmpeg 5 or newer and Chromium');
  });

  it('installs nothing that is there', async () => {
    const there = { name: 'sh', packages: ['no-such-package'], isThere: () => Promise.resolve(true) };

    await expect(installSystemPackages([there])).resolves.toBeUndefined();
  });
});
