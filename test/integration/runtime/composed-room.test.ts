import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HlsStream } from '../../../runtime/contract/index.ts';
import { guestColour } from '../../support/guests/index.ts';
import {
  analyseComposedGuests,
  analyseFlow,
  analyseTones,
  colourDistance,
  pictureAt,
  type Region,
} from '../../support/oracle/index.ts';
import {
  completedRecording,
  encodeBeepAndFlash,
  guestsInGrid,
  publishAs,
  startRuntime,
  type BeepAndFlashClips,
  type InProcessRuntime,
  type MediaPublisher,
  type SignallingParticipant,
  type StartedRecording,
} from '../../support/runtime/index.ts';

let runtime: InProcessRuntime;
/** Of guests 1 to 5; the fifth stands in for a shared screen. */
const clips: BeepAndFlashClips[] = [];
let steadyTone: BeepAndFlashClips;

beforeAll(async () => {
  for (const number of [1, 2, 3, 4, 5]) clips.push(await encodeBeepAndFlash(number));
  steadyTone = await encodeBeepAndFlash(1, { beeps: false });
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * 1000));

const post = <T>(path: string, body: unknown): Promise<T> => runtime.api.call<T>('POST', path, body);

type Guest = AsyncDisposable & { participant: SignallingParticipant; media: MediaPublisher };

/** Joins, sends camera and microphone (and later a screen), and waits until the room has the camera. */
async function guest(
  roomId: string,
  participantId: string,
  { audio, video }: Pick<BeepAndFlashClips, 'audio' | 'video'>,
): Promise<Guest> {
  const participant = await runtime.join(roomId, { participantId, name: participantId });
  const media = await publishAs(participant, { clips: [audio, video] });
  await runtime.events.event(
    'track-published',
    ({ data, ...event }) =>
      event.roomId === roomId && data.participantId === participantId && data.kind === 'video',
  );
  return {
    participant,
    media,
    [Symbol.asyncDispose]: async () => {
      await media.close();
      await participant.drop();
    },
  };
}

async function expectUnbroken(path: string): Promise<void> {
  const flow = await analyseFlow(path);
  expect(flow.decodeErrors).toEqual([]);
  expect(flow.missingShare).toBeLessThanOrEqual(0.005);
  expect(flow.duplicateShare).toBeLessThanOrEqual(0.005);
  expect(flow.longestSoundGapMs).toBeLessThanOrEqual(20);
}

describe('a room of four', () => {
  const ids = ['guest-1', 'guest-2', 'guest-3', 'guest-4'];
  const outputs: { what: string; path: string }[] = [];

  beforeAll(async () => {
    const { roomId } = await runtime.api.createRoom();
    await using guests = new AsyncDisposableStack();
    for (const [index, id] of ids.entries()) guests.use(await guest(roomId, id, clips[index]!));
    // All three share one compositor; how it begins is another test's matter.
    await runtime.api.startStep(roomId, { step: 'compose', with: {} });
    await seconds(2);
    const { recordingId } = await post<StartedRecording>('/v2/recordings/start', { roomId });
    const { id: hlsId } = await post<HlsStream>('/v2/hls/start', { roomId });
    await seconds(20);
    await post('/v2/recordings/stop', { roomId });
    const { playbackHlsUrl } = await post<HlsStream>('/v2/hls/end', { roomId });
    await runtime.events.event('hls-stopped', ({ data }) => data.hlsId === hlsId);
    const [file] = await completedRecording(runtime, recordingId, 'meeting');
    const picture = playbackHlsUrl.replace('index.m3u8', 'med/index.m3u8');
    outputs.push({ what: 'recording', path: file!.filePath }, { what: 'HLS', path: picture });
  });

  it.each(['recording', 'HLS'])(
    'shows and lets be heard each of them, in sync, in its %s',
    async (output) => {
      const { path } = outputs.find(({ what }) => what === output)!;
      await expectUnbroken(path);
      const reports = await analyseComposedGuests(path, guestsInGrid(ids));
      for (const report of reports) {
        expect(report.decodeErrors).toEqual([]);
        expect(report.colourDistance).toBeLessThan(25);
        expect(report.beepShare).toBeGreaterThanOrEqual(0.98);
        expect(report.flashShare).toBeGreaterThanOrEqual(0.98);
        expect(report.offsetP95Ms).toBeLessThanOrEqual(45);
        expect(report.offsetDeviationMs).toBeLessThanOrEqual(15);
      }
    },
  );
});

describe('a room in which much happens', () => {
  let path: string;
  let durationSeconds: number;
  /** How long before the end of the recording something had happened. */
  const beforeEnd = new Map<string, number>();

  beforeAll(async () => {
    const { roomId } = await runtime.api.createRoom();
    await using guests = new AsyncDisposableStack();
    const [adas, bobs, carols, , screens] = clips;
    const happened: { what: string; atMs: number }[] = [];
    /** Lets it be seen for a while. */
    const happens = async (what: string): Promise<void> => {
      await seconds(2);
      happened.push({ what, atMs: performance.now() });
    };

    const ada = guests.use(await guest(roomId, 'ada', { audio: steadyTone.audio, video: adas!.video }));
    const bob = await guest(roomId, 'bob', bobs!);
    const { recordingId, stepId } = await post<StartedRecording>('/v2/recordings/start', { roomId });
    await runtime.events.event('recording-started', ({ data }) => data.recordingId === recordingId);
    await happens('begin');
    guests.use(await guest(roomId, 'carol', carols!));
    await happens('carol joins');
    await bob.participant.call('set-muted', { kind: 'audio', muted: true });
    await bob.participant.call('set-muted', { kind: 'video', muted: true });
    await happens('bob mutes');
    const presenter = await runtime.join(roomId, { participantId: 'dan', name: 'Dan' });
    const screen = await publishAs(presenter, { clips: [screens!.video], kinds: ['screen_video'] });
    await happens('dan shares');
    await runtime.api.call('PATCH', `/v2/steps/${stepId}`, { config: { layout: { type: 'SPOTLIGHT' } } });
    await happens('spotlight');
    await screen.close();
    await presenter.leave();
    await happens('dan leaves');
    await runtime.api.call('PATCH', `/v2/steps/${stepId}`, {
      config: { layout: { type: 'GRID' }, theme: 'LIGHT' },
    });
    await bob.media.close();
    await bob.participant.leave();
    await happens('bob leaves');
    await post('/v2/recordings/stop', { roomId });
    const endMs = performance.now();
    const [file] = await completedRecording(runtime, recordingId, 'meeting');
    path = file!.filePath;
    durationSeconds = file!.meta.duration;
    for (const { what, atMs } of happened) beforeEnd.set(what, (endMs - atMs) / 1000);
    await ada.media.sentMore(1);
  });

  /** How far a part of the picture is from a guest's colour, just before the next thing happened. */
  const distanceFrom = async (number: number, what: string, region: Region): Promise<number> => {
    const distances: number[] = [];
    // Twice, of which one is not in a flash.
    for (const earlier of [0.3, 0.5]) {
      const seconds = durationSeconds - beforeEnd.get(what)! - earlier;
      distances.push(
        colourDistance((await pictureAt(path, seconds, { region })).meanColour, guestColour(number)),
      );
    }
    return Math.min(...distances);
  };

  it('goes on without a missing or a doubled picture', async () => {
    await expectUnbroken(path);
  });

  it('never interrupts whoever speaks', async () => {
    const tone = (await analyseTones(path, { windowMs: 20 }))(steadyTone.beepHz);
    // The first second is the compositor’s own beginning, in the last the room is being left.
    const spoken = tone.filter(({ atMs }) => atMs > 1000 && atMs < durationSeconds * 1000 - 500);
    expect(spoken.length).toBeGreaterThan(500);
    expect(spoken.filter(({ db }) => db < -30)).toEqual([]);
  });

  it('shows who came, who shares and how it was to look', async () => {
    const near = async (what: string, region: Region, number: number): Promise<void> => {
      expect(await distanceFrom(number, what, region), what).toBeLessThan(30);
    };
    const upper = (x: number, y: number): Region => ({ x, y, width: 0.1, height: 0.08 });
    await near('begin', upper(0.2, 0.3), 1);
    await near('carol joins', upper(0.45, 0.6), 3);
    await near('dan shares', upper(0.3, 0.25), 5);
    await near('spotlight', upper(0.8, 0.15), 5);
    await near('bob leaves', upper(0.2, 0.3), 1);
    await near('bob leaves', upper(0.7, 0.3), 3);
  });
});
