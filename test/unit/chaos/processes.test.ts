import { describe, expect, it } from 'vitest';
import { kindOfProcess, whatGrew } from '../../chaos/processes.ts';

describe('what a process of the runtime is for', () => {
  it.each([
    ['12 /usr/bin/node /home/me/runtime/main.ts serve --port 0', 'control'],
    ['13 /usr/bin/node /home/me/runtime/worker/media-worker-process.ts', 'worker'],
    [
      '14 /usr/bin/node --single-threaded-gc /home/me/runtime/media/compose/compositor-process.ts',
      'compositor',
    ],
    ['15 /usr/bin/node /home/me/runtime/media/speech/listener-process.ts', 'listener'],
    ['16 ffmpeg -hide_banner -f flv -i pipe:0', 'ffmpeg'],
    ['17 /usr/bin/ffmpeg -hide_banner', 'ffmpeg'],
    ['18 ffprobe -v error file.mp4', null],
    ['19', null],
  ])('is told from its command line: %s', (description, kind) => {
    expect(kindOfProcess(description)).toBe(kind);
  });
});

describe('what a process holds open', () => {
  it('is compared by what it is', () => {
    const before = ['socket', 'socket', '/data/roomflow.db', 'pipe'];
    expect(whatGrew(before, ['socket', 'socket', 'socket', '/data/roomflow.db', '/data/a.mp4'])).toEqual([
      '1 socket',
      '1 /data/a.mp4',
    ]);
    expect(whatGrew(before, before)).toEqual([]);
  });
});
