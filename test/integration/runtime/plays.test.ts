import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Page, Play } from '../../../runtime/contract/index.ts';
import { analyseSound, analyseTones } from '../../support/oracle/index.ts';
import { completedRecording, startRuntime, type InProcessRuntime } from '../../support/runtime/index.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';

const run = promisify(execFile);
const TONE_HZ = 1000;

let runtime: InProcessRuntime;
let directory: TemporaryDirectory;
let tone: Buffer;
beforeAll(async () => {
  directory = await temporaryDirectory();
  tone = await sine(TONE_HZ, 3);
  runtime = await startRuntime({ outboundAllowList: ['loopback'] });
});
afterAll(async () => {
  await runtime[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

/** A WAV file of one tone. */
async function sine(hz: number, seconds: number): Promise<Buffer> {
  const path = directory.entry(`${hz}-${seconds}.wav`);
  const input = `sine=frequency=${hz}:sample_rate=48000:duration=${seconds}`;
  await run('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', input, path]);
  return readFile(path);
}

async function upload(roomId: string, sound: Buffer, query: Record<string, string> = {}, type = 'audio/wav') {
  const response = await fetch(
    `${runtime.url}/v2/rooms/${roomId}/plays?${new URLSearchParams(query).toString()}`,
    {
      method: 'POST',
      headers: { authorization: runtime.serverKey, 'content-type': type },
      body: new Uint8Array(sound),
    },
  );
  return {
    status: response.status,
    body: (await response.json()) as Play & { code?: string; message?: string },
  };
}

const speak = (roomId: string, body: Record<string, unknown>): Promise<Play> =>
  runtime.api.call<Play>('POST', `/v2/rooms/${roomId}/plays`, body);
const finished = (playId: string) =>
  runtime.events.event('play-finished', ({ data }) => data.playId === playId, { timeoutMs: 30_000 });
const started = (playId: string) =>
  runtime.events.event('play-started', ({ data }) => data.playId === playId, { timeoutMs: 30_000 });

describe('what is played into a room', () => {
  it('is spoken by a participant that comes, is heard for as long as the words last, and goes', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada' });
    const play = await speak(roomId, {
      text: 'Hello there. How are you today?',
      name: 'Clara',
      metadata: { turn: 1 },
    });
    expect(play).toMatchObject({
      source: 'text',
      voice: 'flite',
      participantName: 'Clara',
      metadata: { turn: 1 },
    });
    const { participantId } = play;
    const seen = await ada.notified('participant-joined');
    expect(seen.participant).toMatchObject({ participantId, name: 'Clara', isModerator: false });
    await runtime.events.event('track-published', ({ data }) => data.participantId === participantId);
    await started(play.id);
    const { data } = await finished(play.id);
    expect(data).toMatchObject({ status: 'finished', error: null });
    expect(data.playedMs).toBeGreaterThan(1500);
    expect(data.playedMs).toBeLessThan(6000);
    await runtime.events.event('participant-left', (event) => event.data.participantId === participantId, {
      timeoutMs: 10_000,
    });
    // Nobody but the one who watches was ever anything but present, so the session goes on.
    expect(runtime.events.types(roomId)).not.toContain('session-ended');
  });

  it('is recorded as it sounds: no gap, no click, the right length and pitch', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    const first = await speak(roomId, { text: 'One.', participantId: 'clara', stay: true });
    await finished(first.id);
    const { recordingId } = await runtime.api.record(roomId, 'clara', { mode: 'audio' });
    const { body } = await upload(roomId, tone, { participantId: 'clara', stay: 'true' });
    await finished(body.id);
    await runtime.api.stopRecording(roomId, 'clara');
    const [file] = await completedRecording(runtime, recordingId);
    const levels = (await analyseTones(file!.filePath))(TONE_HZ);
    const heard = levels.filter(({ db }) => db > -30);
    expect(heard.length * 100).toBeGreaterThanOrEqual(2800);
    expect(heard.length * 100).toBeLessThanOrEqual(3200);
    expect(heard.at(-1)!.atMs - heard[0]!.atMs).toBe((heard.length - 1) * 100);
    const { decodeErrors } = await analyseSound(file!.filePath);
    expect(decodeErrors).toEqual([]);
  });

  it('is played one after the other as the same participant, and at once by another', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    const short = await sine(700, 1);
    const plays = [
      (await upload(roomId, short, { participantId: 'a' })).body,
      (await upload(roomId, short, { participantId: 'a' })).body,
      (await upload(roomId, short, { participantId: 'b' })).body,
    ];
    expect(plays.map(({ stepId }) => stepId === null)).toEqual([false, true, false]);
    for (const { id } of plays) await finished(id);
    const { data } = await runtime.api.call<Page<Play>>('GET', `/v2/rooms/${roomId}/plays`);
    const [ofB, second, first] = data;
    expect(data.map(({ status }) => status)).toEqual(['finished', 'finished', 'finished']);
    expect(Date.parse(second!.start!)).toBeGreaterThanOrEqual(Date.parse(first!.end!));
    expect(Date.parse(ofB!.start!)).toBeLessThan(Date.parse(first!.end!));
    // Their files go with them.
    await vi.waitFor(async () => {
      expect(await readdir(join(runtime.dataDirectory, 'plays'))).toEqual([]);
    });
  });

  it('gives way to what interrupts it, together with what waits behind it', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    const [playing, waiting] = [
      (await upload(roomId, tone, { participantId: 'a' })).body,
      (await upload(roomId, tone, { participantId: 'a' })).body,
    ];
    await started(playing.id);
    const last = await speak(roomId, { text: 'Stop that.', participantId: 'a', interrupt: true });
    expect((await finished(playing.id)).data.status).toBe('stopped');
    expect((await finished(waiting.id)).data).toMatchObject({ status: 'stopped', playedMs: 0 });
    expect((await finished(last.id)).data.status).toBe('finished');
  });

  it('stops when it is told to, alone or with all that is played in the room', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    const one = (await upload(roomId, tone, { participantId: 'a' })).body;
    await started(one.id);
    const stopped = await runtime.api.call<Play>('POST', `/v2/plays/${one.id}/stop`);
    expect(stopped).toMatchObject({ status: 'stopped', error: null });
    expect(stopped.playedMs).toBeLessThan(2500);
    const others = [
      (await upload(roomId, tone, { participantId: 'a' })).body,
      (await upload(roomId, tone, { participantId: 'a' })).body,
      (await upload(roomId, tone, { participantId: 'b' })).body,
    ];
    const { data } = await runtime.api.call<{ data: Play[] }>('POST', `/v2/rooms/${roomId}/plays/stop`, {});
    expect(data.map(({ id }) => id).sort()).toEqual(others.map(({ id }) => id).sort());
    expect(data.every(({ status }) => status === 'stopped')).toBe(true);
    // What is over stays as it is.
    expect((await runtime.api.call<Play>('POST', `/v2/plays/${one.id}/stop`)).end).toBe(stopped.end);
  });

  it('ends with its participant when a host removes that one', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    const playing = (await upload(roomId, tone, { participantId: 'a' })).body;
    const waiting = (await upload(roomId, tone, { participantId: 'a' })).body;
    await started(playing.id);
    await runtime.api.call('POST', '/v2/sessions/participants/remove', { roomId, participantId: 'a' });
    expect((await finished(playing.id)).data.status).toBe('stopped');
    expect((await finished(waiting.id)).data.status).toBe('stopped');
  });

  it('does not keep a session alive that everybody else has left', async () => {
    const { roomId } = await runtime.api.createRoom();
    const ada = await runtime.join(roomId, { participantId: 'ada' });
    const { body } = await upload(roomId, tone, { participantId: 'a', stay: 'true' });
    await started(body.id);
    await ada.call('leave', {});
    await ada[Symbol.asyncDispose]();
    await runtime.events.event('session-ended', (event) => event.roomId === roomId);
    expect((await finished(body.id)).data.status).toBe('stopped');
  });

  it('goes on where it was when the worker that plays it is killed', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    const { body: play } = await upload(roomId, tone, { participantId: 'a' });
    const { at: startedAt } = await started(play.id);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    process.kill(runtime.served.runtime.pool.pidOf(play.sessionId)!, 'SIGKILL');
    const { at, data } = await finished(play.id);
    expect(data).toMatchObject({ status: 'finished', error: null });
    expect(Math.abs(data.playedMs - 3000)).toBeLessThan(150);
    // Half a second of it may be heard twice; all of it twice would be more.
    expect(Date.parse(at) - Date.parse(startedAt)).toBeGreaterThan(2900);
    expect(
      runtime.events.events().filter((event) => event.type === 'play-started' && event.roomId === roomId),
    ).toHaveLength(1);
  });

  it('is fetched from an address when that is where it is', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/tone.wav') response.writeHead(200, { 'content-type': 'audio/wav' }).end(tone);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const { roomId } = await runtime.api.createRoom();
      await using _ada = await runtime.join(roomId, { participantId: 'ada' });
      const play = await speak(roomId, { url: `${origin}/tone.wav` });
      expect(play).toMatchObject({ source: 'url', url: `${origin}/tone.wav`, text: null });
      const { data } = await finished(play.id);
      expect(data.status).toBe('finished');
      expect(Math.abs(data.playedMs - 3000)).toBeLessThan(150);
      await expect(speak(roomId, { url: `${origin}/none.wav` })).rejects.toMatchObject({
        body: { code: 'unplayable-audio', message: expect.stringContaining('404') as string },
      });
    } finally {
      server.close();
    }
  });
});

describe('the microphone of a server-side participant', () => {
  it('is turned off and on by REST, which others are told, and stays off for what is played next', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    const { body: play } = await upload(roomId, tone, { participantId: 'a', stay: 'true' });
    await started(play.id);
    const media = `/v2/rooms/${roomId}/participants/a/media`;
    expect(await runtime.api.call('POST', media, { audio: false })).toEqual({
      participantId: 'a',
      audio: false,
      video: true,
    });
    await runtime.events.event('track-muted', ({ data }) => data.participantId === 'a');
    expect(await runtime.api.call('POST', media, { audio: true })).toMatchObject({ audio: true });
    await runtime.events.event('track-unmuted', ({ data }) => data.participantId === 'a');
    await expect(
      runtime.api.call('POST', `/v2/rooms/${roomId}/participants/ada/media`, { audio: false }),
    ).rejects.toMatchObject({ body: { code: 'not-server-side' } });
  });
});

describe('what cannot be played', () => {
  it.each([
    ['no text and no url', {}, 'invalid-request'],
    ['both text and url', { text: 'a', url: 'http://127.0.0.1/a.wav' }, 'invalid-request'],
    ['an empty text', { text: '' }, 'invalid-request'],
    ['a text with nothing to say', { text: ' … !? ' }, 'invalid-request'],
    ['a text that is too long', { text: 'a'.repeat(5001) }, 'invalid-request'],
    ['a voice that is not there', { text: 'Hello', voice: 'cloud/nova' }, 'unknown-voice'],
    ['a language that espeak-ng does not speak', { text: 'Hello', voice: 'espeak-ng/xx' }, 'unknown-voice'],
    ['an address that answers nothing', { url: 'http://127.0.0.1:9/a.wav' }, 'unplayable-audio'],
    ['an address that nobody may be sent to', { url: 'http://169.254.169.254/a.wav' }, 'address-not-allowed'],
    ['somebody who has media of their own', { text: 'Hello', participantId: 'ada' }, 'not-server-side'],
  ])('%s is refused before anybody comes', async (_what, body, code) => {
    const { roomId } = await runtime.api.createRoom();
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    await expect(speak(roomId, body)).rejects.toMatchObject({ body: { code } });
    expect(runtime.events.types(roomId).filter((type) => type === 'participant-joined')).toHaveLength(1);
  });

  it.each([
    ['a text file', Buffer.from('This is no sound at all, whatever its type says.')],
    ['nothing', Buffer.alloc(0)],
    [
      'a playlist that names another file',
      Buffer.from('#EXTM3U\n#EXTINF:3,\n/etc/hostname\n#EXT-X-ENDLIST\n'),
    ],
  ])('%s sent in as sound is refused, and not kept', async (_what, sound) => {
    const { roomId } = await runtime.api.createRoom();
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    const before = await readdir(join(runtime.dataDirectory, 'plays'));
    const { status, body } = await upload(roomId, sound);
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'unplayable-audio' });
    const after = await readdir(join(runtime.dataDirectory, 'plays'));
    // What others play may have ended meanwhile.
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
  });

  it('a film without sound is refused', async () => {
    const path = directory.entry('silent.mp4');
    await run('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc=size=64x64:duration=1', path]);
    const { roomId } = await runtime.api.createRoom();
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    const { body } = await upload(roomId, await readFile(path), {}, 'video/mp4');
    expect(body).toMatchObject({
      code: 'unplayable-audio',
      message: expect.stringContaining('no sound') as string,
    });
  });

  it('anything is refused where nobody is', async () => {
    const { roomId } = await runtime.api.createRoom();
    await expect(speak(roomId, { text: 'Hello' })).rejects.toMatchObject({
      body: { code: 'no-live-session' },
    });
    expect((await upload(roomId, tone)).body.code).toBe('no-live-session');
  });

  it('a step of its own is refused, which would go past the queue', async () => {
    const { roomId } = await runtime.api.createRoom();
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    await expect(
      runtime.api.startStep(roomId, { step: 'play', with: { participantId: 'ada', file: '/etc/hostname' } }),
    ).rejects.toMatchObject({ body: { code: 'invalid-step-params' } });
  });
});

it('lists the voices that there are, and says which can be used', async () => {
  const voices = await runtime.api.call<{ name: string; ready: boolean; isDefault: boolean }[]>(
    'GET',
    '/v2/speech/voices',
  );
  expect(voices).toContainEqual(expect.objectContaining({ name: 'flite', ready: true, isDefault: true }));
  expect(voices).toContainEqual(expect.objectContaining({ name: 'flite/awb', ready: true }));
  expect(voices).toContainEqual(expect.objectContaining({ name: 'espeak-ng/de', ready: true }));
});
