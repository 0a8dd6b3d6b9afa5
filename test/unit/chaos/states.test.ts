import { describe, expect, it } from 'vitest';
import { notAsOnDisk, notEndedWell, stillLive } from '../../chaos/oracles/index.ts';

describe('the judge of states', () => {
  it('finds nothing in what ended well', () => {
    const endings = ['finished', 'completed', 'stopped', 'ended'].map((state) => ({ what: 'it', state }));
    expect(notEndedWell(endings)).toEqual([]);
  });

  it('waits for what is on its way to an end, and not for what has failed', () => {
    const endings = ['starting', 'running', 'retrying', 'stopping', 'failed', 'cancelled', 'finished'].map(
      (state) => ({ what: 'it', state }),
    );
    expect(stillLive(endings)).toEqual([
      'it is starting',
      'it is running',
      'it is retrying',
      'it is stopping',
    ]);
  });

  it('finds what failed, with the reason that was given', () => {
    expect(notEndedWell([{ what: 'step rtmp stp_1', state: 'failed', why: 'connection lost' }])).toEqual([
      'step rtmp stp_1 is failed (connection lost)',
    ]);
  });

  it('finds files that are not as their rows say, and files without a row', () => {
    const files = [
      { path: '/r/whole.mp4', saidBytes: 10, bytes: 10 },
      { path: '/r/short.mp4', saidBytes: 10, bytes: 7 },
      { path: '/r/gone.mp4', saidBytes: 10, bytes: null },
    ];
    expect(notAsOnDisk(files, ['/r/whole.mp4', '/r/short.mp4', '/r/left.mp4.mkv'])).toEqual([
      '/r/short.mp4 has 7 bytes, its row says 10',
      '/r/gone.mp4 has no bytes, its row says 10',
      '/r/left.mp4.mkv is on the disk and in no row',
    ]);
  });
});
