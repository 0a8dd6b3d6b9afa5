import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseMediaPlaylist, validateMediaPlaylist } from '../../support/hls/index.ts';
import {
  encodeAudioClip,
  encodeVideoClip,
  publishWithWhip,
  startRuntimeProcess,
} from '../../support/runtime/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';
import type { HlsStream } from '../../../runtime/contract/index.ts';

const run = promisify(execFile);

describe('when the runtime of an HLS stream is killed', () => {
  it('closes the stream on the next start, and what it left plays from beginning to end', async () => {
    const clips = [await encodeVideoClip('vp8'), await encodeAudioClip()];
    await using directory = await temporaryDirectory();
    let stream: HlsStream;
    {
      await using runtime = await startRuntimeProcess(directory.entry('data'));
      const { roomId } = await runtime.api.createRoom();
      await using guest = await publishWithWhip(runtime, roomId, { clips, participantId: 'ada' });
      await guest.sentMore(5);
      stream = await runtime.api.call<HlsStream>('POST', '/v2/hls/start', {
        roomId,
        config: { quality: 'low' },
        protected: true,
      });
      // Two segments are whole when the third has a part.
      const third = new URL(stream.playbackHlsUrl.replace('index.m3u8', 'low/index.m3u8'));
      third.searchParams.set('_HLS_msn', '2');
      third.searchParams.set('_HLS_part', '0');
      expect((await fetch(stream.playbackHlsUrl)).status).toBe(200);
      expect((await fetch(third)).status).toBe(200);
      runtime.process.signal('SIGKILL');
      await runtime.process.ended;
    }

    await using runtime = await startRuntimeProcess(directory.entry('data'), { sessionResumeSeconds: 0 });
    const after = await runtime.api.call<HlsStream>('GET', `/v2/hls/${stream.id}`);
    expect(after).toMatchObject({ status: 'stopped', playable: true, error: null });
    expect(after.end).not.toBeNull();
    expect(after.duration).toBeGreaterThan(2.5);
    const { search } = new URL(after.playbackHlsUrl);
    const address = `${runtime.url}/hls/${stream.id}/low/index.m3u8${search}`;
    const text = await (await fetch(address)).text();
    expect(validateMediaPlaylist(text)).toEqual([]);
    expect(parseMediaPlaylist(text).ended).toBe(true);
    const { stderr } = await run('ffmpeg', ['-v', 'warning', '-i', address, '-f', 'null', '-']);
    expect(stderr.trim()).toBe('');
    expect(runtime.events.types()).toContain('hls-stopped');
  });
});
