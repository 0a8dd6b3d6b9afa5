import { afterAll, beforeAll, expect, it } from 'vitest';
import { analyseSound } from '../../support/oracle/index.ts';
import {
  completedRecording,
  digestOf,
  encodeAudioClip,
  publishAs,
  startRuntime,
  watchAs,
  type EncodedClip,
  type InProcessRuntime,
  type MediaPublisher,
  type RtpArrival,
} from '../../support/runtime/index.ts';

const names = ['ada', 'ben', 'cy', 'dora', 'eve'] as const;
const ticksPerFrame = 960;
/** In frames of 20 ms; longer than somebody who has spoken keeps the place. */
const longSilence = 100;

let runtime: InProcessRuntime;
/** Says of itself that it is below what counts as speech, and is yet heard well in a recording. */
let soft: EncodedClip;
let loud: EncodedClip;
beforeAll(async () => {
  soft = { ...(await encodeAudioClip(1, 440)), level: 80 };
  loud = { ...(await encodeAudioClip(1, 880)), level: 25 };
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

async function heldBack(): Promise<number> {
  const { body } = await runtime.api.send('GET', '/metrics');
  return Number(/^roomflow_tracks_held_back\{worker="0"\} (\d+)$/m.exec(String(body))?.[1]);
}

/** What a listener got is a part of what was sent, each packet at its time, and nothing seems to be missing. */
function expectTrue(arrivals: readonly RtpArrival[], media: MediaPublisher): void {
  const numbers = arrivals.map(({ sequenceNumber }) => sequenceNumber);
  expect(new Set(numbers.slice(1).map((number, i) => (number - numbers[i]!) & 0xffff))).toEqual(new Set([1]));
  const { frames } = media.tracks[0]!;
  const places = arrivals.map(
    ({ timestamp }) => ((timestamp - arrivals[0]!.timestamp) >>> 0) / ticksPerFrame,
  );
  const isSentFrom = (first: number): boolean =>
    arrivals.every(({ digest }, i) => frames[first + places[i]!]?.digest === digest);
  expect(frames.some((_frame, first) => isSentFrom(first))).toBe(true);
}

it('sends a listener those who speak, lets a newcomer in at once, and records everybody', async () => {
  const { roomId } = await runtime.api.createRoom({ maxForwardedSpeakers: 2 });
  await using stack = new AsyncDisposableStack();
  const publish = async (name: string) => {
    const participant = stack.use(await runtime.join(roomId, { participantId: name }));
    const media = stack.use(await publishAs(participant, { clips: [soft] }));
    const { data } = await runtime.events.event(
      'track-published',
      (event) => event.roomId === roomId && event.data.participantId === name,
    );
    return { name, media, trackId: data.trackId };
  };
  const [ada, ben, cy, dora, eve] = await Promise.all(names.map(publish));
  const listener = stack.use(await runtime.join(roomId, { participantId: 'listener' }));
  await listener.call('media-start');
  const watching = stack.use(watchAs(listener));
  const heard = (guest: { trackId: string }) => watching.arrivals(guest.trackId);

  ada!.media.tracks[0]!.switchTo(loud);
  ben!.media.tracks[0]!.switchTo(loud);
  await Promise.all([watching.received(ada!.trackId, 50), watching.received(ben!.trackId, 50)]);
  const { recordingId } = await runtime.api.record(roomId, 'cy');
  const before = [cy!, dora!, eve!].map((guest) => heard(guest).length);
  await cy!.media.sentMore(longSilence);
  expect([cy!, dora!, eve!].map((guest) => heard(guest).length)).toEqual(before);
  expect(await heldBack()).toBe(3);

  ben!.media.tracks[0]!.switchTo(soft);
  await ben!.media.sentMore(longSilence);
  cy!.media.tracks[0]!.switchTo(loud);
  await watching.received(cy!.trackId, 50);
  const loudDigests = new Set(loud.frames.map(({ data }) => digestOf(data)));
  const spoke = cy!.media.tracks[0]!.frames.find(({ digest }) => loudDigests.has(digest));
  const first = heard(cy!).find(({ digest }) => loudDigests.has(digest));
  expect(first?.digest).toBe(spoke!.digest);
  expect(first!.atMs - spoke!.atMs).toBeLessThan(100);
  expect(first!.marker).toBe(true);
  const silenced = heard(ben!).length;
  await cy!.media.sentMore(50);
  expect(heard(ben!)).toHaveLength(silenced);
  expect(await heldBack()).toBe(3);

  for (const guest of [ada!, ben!, cy!]) {
    expectTrue(heard(guest), guest.media);
  }
  await runtime.api.stopRecording(roomId, 'cy');
  const [file] = await completedRecording(runtime, recordingId);
  const sound = await analyseSound(file!.filePath);
  expect(sound.longestSilenceMs).toBeLessThan(100);
  expect(sound.decodeErrors).toEqual([]);
});
