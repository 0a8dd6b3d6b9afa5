import { expect, it } from 'vitest';
import { encodeAudioClip, encodeVideoClip, publishAs, startRuntime } from '../../support/runtime/index.ts';

it('takes tracks that are not announced again after a restart of media for over', async () => {
  const [video, audio] = [await encodeVideoClip('vp8', { seconds: 1 }), await encodeAudioClip(1)];
  await using runtime = await startRuntime();
  const { roomId } = await runtime.api.createRoom();
  await using ada = await runtime.join(roomId, { participantId: 'ada' });
  await using bob = await runtime.join(roomId, { participantId: 'bob' });
  const first = await publishAs(ada, { clips: [video, audio] });
  await runtime.events.event('track-published', ({ data }) => data.kind === 'audio');
  await first.close();

  await using _second = await publishAs(ada, { clips: [video] });
  const over = await runtime.events.event('track-unpublished');
  expect(over.data).toMatchObject({ participantId: 'ada', kind: 'audio' });
  await bob.notified(
    'participant-updated',
    ({ participant }) => participant.tracks.length === 1 && participant.tracks[0]?.kind === 'video',
  );
  expect(runtime.events.types(roomId).filter((type) => type === 'track-unpublished')).toHaveLength(1);
});
