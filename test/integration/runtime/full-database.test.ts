import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import {
  completedRecording,
  encodeAudioClip,
  publishWithWhip,
  startRuntimeProcess,
} from '../../support/runtime/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

const run = promisify(execFile);

it('goes on through a time in which the database cannot be written, and says so', async () => {
  await using directory = await temporaryDirectory();
  await using runtime = await startRuntimeProcess(directory.entry('data'));
  const { roomId } = await runtime.api.createRoom();
  await using guest = await publishWithWhip(runtime, roomId, {
    clips: [await encodeAudioClip()],
    participantId: 'ada',
  });
  await runtime.events.event('track-published');
  await using host = await runtime.join(roomId, { participantId: 'host' });
  await using leaving = await runtime.join(roomId, { participantId: 'leaving' });
  const { recordingId } = await runtime.api.record(roomId, 'ada', { mode: 'audio' });
  await runtime.events.event('participant-recording-started');

  // No file of the control process may grow: as on a full disk, no transaction of SQLite's can be committed.
  const limit = (bytes: string): Promise<unknown> =>
    run('prlimit', ['--pid', String(runtime.process.pid), `--fsize=${bytes}:`]);
  await limit('1');
  expect(await runtime.api.send('POST', '/v2/rooms', {})).toMatchObject({
    status: 500,
    body: { code: 'internal', retryable: true, fault: 'runtime' },
  });
  // People go on meeting: they come, are seen, talk, and leave.
  await using late = await runtime.join(roomId, { participantId: 'late' });
  await host.notified('participant-joined', ({ participant }) => participant.participantId === 'late');
  const message = { topic: 'CHAT', persist: true };
  await host.call('send-message', { ...message, message: 'in bad times' });
  await late.notified('message', (one) => one.message === 'in bad times');
  await leaving.leave();
  await host.notified('participant-left', ({ participantId }) => participantId === 'leaving');
  expect(await runtime.api.send('GET', `/v2/rooms/${roomId}`)).toMatchObject({ status: 200 });
  await guest.sentMore(100);

  await limit('unlimited');
  await runtime.api.createRoom();
  await host.call('send-message', { ...message, message: 'in good times' });
  await late.notified('message', (one) => one.message === 'in good times');
  expect((await runtime.api.messages(roomId)).map((one) => one.message)).toEqual(['in good times']);
  await using later = await runtime.join(roomId);
  expect(later.participants).toHaveLength(4);
  await runtime.api.stopRecording(roomId, 'ada');
  const [file] = await completedRecording(runtime, recordingId);
  expect(file!.meta.duration).toBeGreaterThan(1.5);
});
