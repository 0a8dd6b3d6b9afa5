import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyseBeepAndFlash, analysePicture } from '../../support/oracle/index.ts';
import {
  encodeBeepAndFlash,
  encodeVideoClip,
  publishAs,
  startRuntime,
  type BeepAndFlashClips,
  type InProcessRuntime,
} from '../../support/runtime/index.ts';
import { freePort, temporaryDirectory } from '../../support/temporary/index.ts';

const run = promisify(execFile);

describe('a tap that sends on as RTP', () => {
  let runtime: InProcessRuntime;
  let clips: BeepAndFlashClips;

  beforeAll(async () => {
    clips = await encodeBeepAndFlash(2);
    runtime = await startRuntime({ outboundAllowList: ['loopback'] });
  });
  afterAll(() => runtime[Symbol.asyncDispose]());

  /** Records with ffmpeg, as the session description says, what the tap sends. */
  async function recordRtp(stepId: string, path: string, seconds: number): Promise<void> {
    await expect
      .poll(async () => (await runtime.api.send('GET', `/v2/taps/${stepId}/sdp`)).status, { timeout: 10_000 })
      .toBe(200);
    const answer = await fetch(`${runtime.url}/v2/taps/${stepId}/sdp`, {
      headers: { authorization: runtime.serverKey },
    });
    await writeFile(`${path}.sdp`, await answer.text());
    await run('ffmpeg', [
      ...['-v', 'error', '-protocol_whitelist', 'file,udp,rtp', '-i', `${path}.sdp`],
      ...['-t', String(seconds), '-c', 'copy', path],
    ]);
  }

  it('is received by ffmpeg with sound and picture in step', async () => {
    await using directory = await temporaryDirectory();
    const { roomId } = await runtime.api.createRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    await using media = await publishAs(ada, { clips: [clips.audio, clips.video] });
    const [audioPort, videoPort] = [await evenPort(), await evenPort()];
    const { stepId } = await runtime.api.startStep(roomId, {
      step: 'tap',
      with: {
        participantId: 'ada',
        rtp: [
          { host: '127.0.0.1', port: audioPort, kind: 'audio' },
          { host: '127.0.0.1', port: videoPort, kind: 'video', payloadType: 100, ssrc: 4711 },
        ],
      },
    });
    await media.sentMore(150);
    const path = directory.entry('received.mkv');
    await recordRtp(stepId, path, 8);
    const report = await analyseBeepAndFlash(path, { frequencyHz: clips.beepHz });
    expect(report).toMatchObject({ videoCodec: 'vp8', audioCodec: 'opus', decodeErrors: [] });
    expect(report.beepShare).toBeGreaterThan(0.9);
    expect(report.flashShare).toBeGreaterThan(0.9);
    expect(report.durationSeconds).toBeGreaterThan(6);
    // Both begin where ffmpeg has heard of the clocks of both (RFC 3550 section 6.4).
    expect(Math.abs(report.offsetMedianMs)).toBeLessThan(60);
  });

  it('sends H.264 whole', async () => {
    await using directory = await temporaryDirectory();
    const { roomId } = await runtime.api.createRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    await using media = await publishAs(ada, { clips: [await encodeVideoClip('h264')] });
    const { stepId } = await runtime.api.startStep(roomId, {
      step: 'tap',
      with: {
        participantId: 'ada',
        kinds: ['video'],
        rtp: [{ host: '127.0.0.1', port: await evenPort(), kind: 'video' }],
      },
    });
    await media.sentMore(30);
    const path = directory.entry('received.mkv');
    await recordRtp(stepId, path, 4);
    const report = await analysePicture(path);
    expect(report.decodeErrors).toEqual([]);
    expect(report.frameCount).toBeGreaterThan(90);
  });

  it('refuses addresses that the runtime may not send to, and describes nothing where nothing is sent', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    expect(ada.participantId).toBe('ada');
    await expect(
      runtime.api.startStep(roomId, {
        step: 'tap',
        with: { participantId: 'ada', rtp: [{ host: '10.1.2.3', port: 5004, kind: 'audio' }] },
      }),
    ).rejects.toMatchObject({ status: 422, body: { code: 'address-not-allowed' } });
    const { stepId } = await runtime.api.startStep(roomId, { step: 'tap', with: { participantId: 'ada' } });
    expect(await runtime.api.send('GET', `/v2/taps/${stepId}/sdp`)).toMatchObject({
      status: 404,
      body: { code: 'track-not-found' },
    });
  });
});

/** RTP goes to an even port and its reports to the one above (RFC 3550 section 11). */
async function evenPort(): Promise<number> {
  for (;;) {
    const port = await freePort('udp');
    if (port % 2 === 0) {
      return port;
    }
  }
}
