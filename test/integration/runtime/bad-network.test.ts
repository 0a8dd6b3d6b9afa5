import { expect, it } from 'vitest';
import {
  digestOf,
  encodeAudioClip,
  encodeVideoClip,
  packetsOf,
  publishWithWhip,
  startRuntime,
} from '../../support/runtime/index.ts';

const SECONDS = 15;
/** So few packets before the numbers wrap that they do so early in the recording. */
const PACKETS_BEFORE_WRAP = 300;

it('records 97 in 100 frames across a sequence-number wrap when 5 % of packets are lost', async () => {
  const clips = [
    await encodeVideoClip('vp8', { seconds: SECONDS + 10, size: '240x136', kbps: 700 }),
    await encodeAudioClip(),
  ];
  await using runtime = await startRuntime();
  const { roomId } = await runtime.api.createRoom();
  await using guest = await publishWithWhip(runtime, roomId, {
    clips,
    firstSequenceNumber: 65_536 - PACKETS_BEFORE_WRAP,
    network: { lossShare: 0.05, jitterMs: 50, applyTo: 'media' },
  });
  await runtime.events.event('track-published', ({ data }) => data.kind === 'video');
  const [video] = guest.tracks;

  const { recordingId } = await runtime.api.record(roomId, guest.participantId);
  const { length: sentBefore } = video!.frames;
  await guest.sentMore(SECONDS * 30);
  const sent = video!.frames.slice(sentBefore);
  await runtime.api.stopRecording(roomId, guest.participantId);
  const { data } = await runtime.events.event(
    'participant-recording-stopped',
    (event) => event.data.recordingId === recordingId,
  );

  const path = data.fileDetails[0]!.filePath;
  const recorded = new Set((await packetsOf(path, 'video')).map((frame) => digestOf(frame.data)));
  // Those at the very ends may be before the first key frame, or still under way.
  const middle = sent.slice(30, -30);
  const arrived = middle.filter((frame) => recorded.has(frame.digest)).length / middle.length;
  const loss = guest.relays.reduce((sum, relay) => sum + relay.counts().towardsTarget.lost, 0);
  expect(loss).toBeGreaterThan(50);
  expect(video!.packetCount).toBeGreaterThan(PACKETS_BEFORE_WRAP * 3);
  expect(arrived).toBeGreaterThanOrEqual(0.97);
});
