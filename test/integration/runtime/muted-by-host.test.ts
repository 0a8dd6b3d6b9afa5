import { afterAll, beforeAll, expect, it } from 'vitest';
import { analyseSound } from '../../support/oracle/index.ts';
import {
  completedRecording,
  encodeAudioClip,
  encodeVideoClip,
  publishAs,
  startRuntime,
  type EncodedClip,
  type InProcessRuntime,
} from '../../support/runtime/index.ts';

let runtime: InProcessRuntime;
let clips: EncodedClip[];
beforeAll(async () => {
  clips = [await encodeVideoClip('vp8', { seconds: 2 }), await encodeAudioClip(2)];
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

it('silences a client that keeps sending, until its participant unmutes itself', async () => {
  const { roomId } = await runtime.api.createRoom();
  await using ada = await runtime.join(roomId, { participantId: 'ada' });
  await using media = await publishAs(ada, { clips });
  const { sessionId } = await runtime.events.event('track-published', ({ data }) => data.kind === 'audio');
  const { recordingId } = await runtime.api.record(roomId, 'ada');
  await media.sentMore(60);

  await runtime.api.call('POST', '/v2/sessions/participants/mute', {
    ...{ roomId, participantId: 'ada', kind: 'audio' },
  });
  expect(await ada.notified('mute-requested')).toMatchObject({ kind: 'audio' });
  await media.sentMore(30);
  // Announcing its tracks anew, as for a shared screen, is no unmuting.
  await media.negotiate();
  await media.sentMore(30);
  const [person] = (await runtime.api.participants(sessionId!)).data.participants;
  expect(person?.tracks).toContainEqual(expect.objectContaining({ kind: 'audio', muted: true }));

  await ada.call('set-muted', { kind: 'audio', muted: false });
  await media.sentMore(60);
  await runtime.api.stopRecording(roomId, 'ada');
  const [file] = await completedRecording(runtime, recordingId);
  const sound = await analyseSound(file!.filePath);
  expect(sound.longestSilenceMs).toBeGreaterThan(1500);
  expect(sound.longestSilenceMs).toBeLessThan(3000);
  expect(sound.decodeErrors).toEqual([]);
});
