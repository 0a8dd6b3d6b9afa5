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

/** A room of five microphones, of which two are forwarded at a time: ada's and ben's, who speak. */
async function crowd(stack: AsyncDisposableStack) {
  const { roomId } = await runtime.api.createRoom({ maxForwardedSpeakers: 2 });
  const publish = async (name: string) => {
    const participant = stack.use(await runtime.join(roomId, { participantId: name }));
    const media = stack.use(await publishAs(participant, { clips: [soft] }));
    const { data } = await runtime.events.event(
      'track-published',
      (event) => event.roomId === roomId && event.data.participantId === name,
    );
    return { participant, media, sound: media.tracks[0]!, trackId: data.trackId };
  };
  const [ada, ben, cy, dora, eve] = await Promise.all([
    publish('ada'),
    publish('ben'),
    publish('cy'),
    publish('dora'),
    publish('eve'),
  ]);
  const permissions: ['allow_join', 'allow_mod'] = ['allow_join', 'allow_mod'];
  const listener = stack.use(await runtime.join(roomId, { participantId: 'listener', permissions }));
  await listener.call('media-start');
  const watching = stack.use(watchAs(listener));
  ada.sound.switchTo(loud);
  ben.sound.switchTo(loud);
  await Promise.all([watching.received(ada.trackId, 50), watching.received(ben.trackId, 50)]);
  const heard = (guest: { trackId: string }) => watching.arrivals(guest.trackId);
  // Else those who have dropped would be waited for, and be counted in the next room’s test.
  stack.defer(async () => {
    await runtime.api.endSession(roomId);
  });
  return { roomId, ada, ben, cy, dora, eve, listener, watching, heard };
}

it('sends a listener those who speak, lets a newcomer in at once, and records everybody', async () => {
  await using stack = new AsyncDisposableStack();
  const { roomId, ada, ben, cy, dora, eve, watching, heard } = await crowd(stack);
  const { recordingId } = await runtime.api.record(roomId, 'cy');
  const silent = [cy, dora, eve];
  const before = silent.map((guest) => heard(guest).length);
  await cy.media.sentMore(longSilence);
  expect(silent.map((guest) => heard(guest).length)).toEqual(before);
  expect(await heldBack()).toBe(3);

  ben.sound.switchTo(soft);
  await ben.media.sentMore(longSilence);
  cy.sound.switchTo(loud);
  await watching.received(cy.trackId, 50);
  const loudDigests = new Set(loud.frames.map(({ data }) => digestOf(data)));
  const spoke = cy.sound.frames.find(({ digest }) => loudDigests.has(digest))!;
  const first = heard(cy).find(({ digest }) => loudDigests.has(digest))!;
  expect(first.digest).toBe(spoke.digest);
  expect(first.atMs - spoke.atMs).toBeLessThan(100);
  const silenced = heard(ben).length;
  await cy.media.sentMore(50);
  expect(heard(ben)).toHaveLength(silenced);
  expect(await heldBack()).toBe(3);

  for (const guest of [ada, ben, cy]) {
    expectTrue(heard(guest), guest.media);
  }
  await runtime.api.stopRecording(roomId, 'cy');
  const [file] = await completedRecording(runtime, recordingId);
  const sound = await analyseSound(file!.filePath);
  expect(sound.longestSilenceMs).toBeLessThan(100);
  expect(sound.decodeErrors).toEqual([]);
});

it('sends those who are pinned or preferred however many others speak, and counts nobody who is muted', async () => {
  await using stack = new AsyncDisposableStack();
  const { ben, cy, dora, eve, listener, watching } = await crowd(stack);
  await expect.poll(heldBack).toBe(3);
  await listener.call('pin', { pinnedIds: ['dora'] });
  await listener.call('prefer', { trackId: eve.trackId, layer: 'high' });
  await Promise.all([watching.received(dora.trackId, 20), watching.received(eve.trackId, 20)]);
  expect(await heldBack()).toBe(1);
  // With cy there are three who compete for two places, until ben is muted.
  await ben.participant.call('set-muted', { kind: 'audio', muted: true });
  await watching.received(cy.trackId, 20);
  expect(await heldBack()).toBe(0);
});
