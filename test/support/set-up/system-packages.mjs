import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { outputOf, run } from './run.mjs';
import { SetUpError } from './progress.mjs';

const LEAST_FFMPEG_MAJOR = 5;

/** A program that is no npm package: how to see that it is there, and the Debian packages that bring it. */
export const ffmpeg = {
  name: `ffmpeg ${LEAST_FFMPEG_MAJOR} or newer`,
  packages: ['ffmpeg'],
  isThere: async () => {
    const versions = await Promise.all(
      ['ffmpeg', 'ffprobe'].map((program) => outputOf(program, ['-version'])),
    );
    return versions.every(isRecentFfmpeg);
  },
};

export const chromium = {
  name: 'Chromium',
  packages: ['chromium'],
  isThere: async () => existsSync('/usr/bin/chromium'),
};

/** The server that tests push livestreams to. Only the program is needed: tests start it, it is no service. */
export const rtmpServer = {
  name: 'nginx with its RTMP module',
  packages: ['nginx', 'libnginx-mod-rtmp', 'openssl'],
  isThere: async () =>
    ['/usr/sbin/nginx', '/usr/lib/nginx/modules/ngx_rtmp_module.so', '/usr/bin/openssl'].every((path) =>
      existsSync(path),
    ),
};

/** What the Python example of docs/taps.md needs; a test runs it. */
export const pythonWebSockets = {
  name: 'Python 3 with its package websockets',
  packages: ['python3', 'python3-websockets'],
  // Debian's own Python has Debian's packages; another one may come first on PATH.
  isThere: async () => (await outputOf('/usr/bin/python3', ['-c', 'import websockets'])) !== undefined,
};

/** An implementation of WebRTC that is no browser's and not the runtime's: tests publish and watch with it. */
export const aiortc = {
  name: 'aiortc',
  packages: ['python3', 'python3-aiortc'],
  isThere: async () => (await outputOf('/usr/bin/python3', ['-c', 'import aiortc'])) !== undefined,
};

const libraryFolders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];

/** The built-in recogniser. Its model is only recommended by the library, and recommendations are not installed. */
export const pocketsphinx = {
  name: 'PocketSphinx with its US English model',
  packages: ['libpocketsphinx3', 'pocketsphinx-en-us'],
  isThere: async () =>
    existsSync('/usr/share/pocketsphinx/model/en-us/en-us/mdef') &&
    libraryFolders.some((folder) => existsSync(`${folder}/libpocketsphinx.so.3`)),
};

/** A voice beside the one of ffmpeg. */
export const espeak = {
  name: 'espeak-ng',
  packages: ['espeak-ng'],
  isThere: async () => (await outputOf('espeak-ng', ['--version'])) !== undefined,
};

/** A screen without a display, on which the bench `compose` lets a browser draw. */
export const xvfb = {
  name: 'Xvfb',
  packages: ['xvfb'],
  isThere: async () => existsSync('/usr/bin/Xvfb'),
};

/** What compiles n8n's database driver where no ready-made one can be downloaded. */
export const compilers = {
  name: 'a C++ compiler, make and Python 3',
  packages: ['g++', 'make', 'python3'],
  isThere: async () => {
    const versions = await Promise.all(
      ['g++', 'make', 'python3'].map((program) => outputOf(program, ['--version'])),
    );
    return versions.every((version) => version !== undefined);
  },
};

/**
 * Sees to it that programs are there; with apt when it may.
 * @throws {SetUpError} that says exactly what to install
 */
export async function installSystemPackages(programs) {
  const missing = await missingOf(programs);
  if (missing.length === 0) {
    return;
  }
  const packages = missing.flatMap((program) => program.packages);
  if (!isRoot() || !existsSync('/etc/debian_version')) {
    throw new SetUpError(instructions(missing, packages));
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('Updating the list of Debian packages', 'apt-get', ['update', '-q'], { env });
  await withoutStartingServices(() =>
    run(
      `Installing ${packages.join(', ')} with apt-get`,
      'apt-get',
      ['install', '-q', '-y', '--no-install-recommends', ...packages],
      { env },
    ),
  );
  const stillMissing = await missingOf(missing);
  if (stillMissing.length > 0) {
    const names = stillMissing.map(({ name }) => name).join(', ');
    throw new SetUpError(`apt-get installed ${packages.join(', ')}, yet ${names} cannot be found.`);
  }
}

const policy = '/usr/sbin/policy-rc.d';

/** Debian starts the service of a package with its installation, unless this file says otherwise (invoke-rc.d(8)). */
async function withoutStartingServices(install) {
  if (existsSync(policy)) {
    // Somebody else's; most containers have one that forbids it anyway.
    await install();
    return;
  }
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    rmSync(policy, { force: true });
  }
}

async function missingOf(programs) {
  const there = await Promise.all(programs.map((program) => program.isThere()));
  return programs.filter((_, index) => !there[index]);
}

/** `ffmpeg version 5.1.9-…`, `n7.1` from a tag, or `N-118000-g…` and `git-…` from a build of the day. */
export function isRecentFfmpeg(banner) {
  const version = /^ff(?:mpeg|probe) version (\S+)/.exec(banner ?? '')?.[1];
  if (version === undefined) {
    return false;
  }
  const major = /^n?(\d+)\./.exec(version)?.[1];
  return major === undefined || Number(major) >= LEAST_FFMPEG_MAJOR;
}

const isRoot = () => process.getuid?.() === 0;

export const instructions = (missing, packages) =>
  [
    `Roomflow needs ${missing.map(({ name }) => name).join(' and ')}. On Debian or Ubuntu:`,
    '',
    `  sudo apt-get update && sudo apt-get install -y ${packages.join(' ')}`,
    '',
    'On other systems install the same programs; Chromium is looked for at /usr/bin/chromium.',
    'Then start this again.',
  ].join('\n');
