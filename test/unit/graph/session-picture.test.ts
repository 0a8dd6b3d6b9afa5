import { describe, expect, it } from 'vitest';
import type { PictureNode, SessionPicture, Step, TrackView } from '../../../runtime/contract/index.ts';
import {
  StepFlow,
  sessionPicture,
  trackRates,
  type PictureSources,
  type PicturedPerson,
} from '../../../runtime/graph/pictures/index.ts';
import { layOut } from '../../../runtime/diagram/index.ts';

const track = (trackId: string, kind: TrackView['kind'], muted = false): TrackView => ({
  trackId,
  kind,
  muted,
  codec: kind.includes('audio') ? 'opus' : 'vp8',
});

const person = (
  participantId: string,
  tracks: TrackView[] = [],
  changes: Partial<PicturedPerson> = {},
): PicturedPerson => ({
  participantId,
  name: participantId.toUpperCase(),
  state: 'connected',
  isServerSide: false,
  tracks,
  ...changes,
});

const step = (stepId: string, type: string, changes: Partial<Step> = {}): Step => ({
  id: stepId,
  stepId,
  step: type,
  roomId: 'room-1',
  sessionId: 'session-1',
  participantId: null,
  trackIds: [],
  recordingId: null,
  from: null,
  with: {},
  state: 'running',
  paused: false,
  reason: '',
  startedAt: '',
  endedAt: null,
  progress: {},
  ...changes,
});

const ada = person('ada', [track('ada-mic', 'audio'), track('ada-cam', 'video')]);
const bob = person('bob', [track('bob-mic', 'audio', true)]);

const picture = (changes: Partial<PictureSources>): SessionPicture =>
  sessionPicture({
    roomId: 'room-1',
    sessionId: 'session-1',
    at: '2026-01-01T00:00:00.000Z',
    isLive: true,
    people: [ada, bob],
    steps: [],
    assets: [],
    origins: new Map(),
    trackRates: new Map(),
    stepRates: new Map(),
    ...changes,
  });

const lines = ({ edges }: SessionPicture): string[] => edges.map(({ from, to }) => `${from} → ${to}`);
const nodeOf = ({ nodes }: SessionPicture, id: string): PictureNode => nodes.find((each) => each.id === id)!;

describe('sessionPicture', () => {
  it('shows who is there and what they send, with what flows', () => {
    const shown = picture({
      people: [ada, person('bob', [track('bob-mic', 'audio', true)], { state: 'reconnecting' })],
      trackRates: new Map([['ada-cam', { bitrateBps: 1_200_000, fps: 29.9 }]]),
    });
    expect(shown.nodes.map(({ kind, label, state }) => [kind, label, state])).toEqual([
      ['person', 'ADA', 'connected'],
      ['person', 'BOB', 'reconnecting'],
      ['track', 'Microphone', 'live'],
      ['track', 'Camera', 'live'],
      ['track', 'Microphone', 'muted'],
    ]);
    expect(shown.edges.find(({ to }) => to === 'track:ada-cam')).toMatchObject({
      from: 'person:ada',
      label: 'video',
      bitrateBps: 1_200_000,
      fps: 29.9,
    });
    expect(shown.edges.find(({ to }) => to === 'track:ada-mic')).toMatchObject({
      bitrateBps: null,
      fps: null,
    });
  });

  it('leads the tracks that a step takes to it, and its asset from it', () => {
    const shown = picture({
      steps: [step('file', 'record', { participantId: 'ada', recordingId: 'rec', with: { mode: 'audio' } })],
      assets: [
        {
          assetType: 'recording',
          id: 'rec',
          stepId: 'file',
          recordingId: null,
          detail: 'ogg',
          status: 'running',
        },
      ],
    });
    expect(lines(shown)).toContain('track:ada-mic → step:file');
    expect(lines(shown)).not.toContain('track:ada-cam → step:file');
    expect(lines(shown)).toContain('step:file → recording:rec');
    expect(nodeOf(shown, 'recording:rec')).toMatchObject({
      kind: 'asset',
      assetType: 'recording',
      assetId: 'rec',
    });
  });

  it('lets a step hang on its person while the tracks that it waits for are not there', () => {
    const shown = picture({
      steps: [step('eyes', 'tap', { participantId: 'bob', with: { kinds: ['video'] } })],
    });
    expect(lines(shown)).toContain('person:bob → step:eyes');
  });

  it('leads from a tap and from a composition to the steps that name them', () => {
    const shown = picture({
      steps: [
        step('tap', 'tap', { participantId: 'ada' }),
        step('file', 'record', { participantId: 'ada', from: 'tap' }),
        step('picture', 'compose'),
        step('live', 'hls', { from: 'picture' }),
      ],
    });
    expect(lines(shown)).toContain('step:tap → step:file');
    expect(lines(shown)).not.toContain('track:ada-cam → step:file');
    expect(lines(shown)).toContain('step:picture → step:live');
    expect(lines(shown)).not.toContain('room → step:live');
  });

  it('lets steps that take everybody hang on one node that stands for the room', () => {
    const shown = picture({
      steps: [
        step('picture', 'compose'),
        step('text', 'transcribe'),
        step('sound', 'record', { with: { source: 'room', fileFormat: 'm4a' } }),
        step('chosen', 'hls', { with: { participants: [{ participantId: 'ada', kind: 'video' }] } }),
      ],
    });
    expect(nodeOf(shown, 'room')).toMatchObject({ label: 'Everybody', detail: '2 people' });
    const fromRoom = shown.edges.filter(({ from }) => from === 'room');
    expect(fromRoom.map(({ to, label }) => [to, label])).toEqual([
      ['step:picture', ''],
      ['step:text', 'audio'],
      ['step:sound', 'audio'],
    ]);
    expect(shown.edges.filter(({ to }) => to === 'room')).toHaveLength(3);
    expect(lines(shown).filter((line) => line.endsWith('step:chosen'))).toEqual([
      'track:ada-cam → step:chosen',
    ]);
    expect(picture({}).nodes.some(({ id }) => id === 'room')).toBe(false);
  });

  it('draws no line for each track of a crowd to the room', () => {
    const crowd = Array.from({ length: 30 }, (_, index) =>
      person(`p${index}`, [track(`t${index}`, 'audio'), track(`v${index}`, 'video')]),
    );
    const shown = picture({ people: crowd, steps: [step('picture', 'compose')] });
    expect(shown.edges.filter(({ to }) => to === 'room')).toEqual([]);
    expect(nodeOf(shown, 'room').detail).toBe('30 people');
  });

  it('leads from a step that speaks to the person who is heard', () => {
    const shown = picture({
      people: [person('bot', [track('bot-mic', 'audio')], { isServerSide: true })],
      steps: [step('play', 'play', { participantId: 'bot', with: { text: 'Welcome' } })],
    });
    expect(lines(shown)).toContain('step:play → person:bot');
    expect(nodeOf(shown, 'step:play').detail).toBe('BOT · “Welcome”');
  });

  it('says which graph runs a step, and that one is paused', () => {
    const origin = { instanceId: 'gin_1', graphName: 'Hosts on file', nodeId: 'file' };
    const shown = picture({
      steps: [step('file', 'record', { participantId: 'ada', paused: true })],
      origins: new Map([['file', origin]]),
    });
    expect(nodeOf(shown, 'step:file')).toMatchObject({ ...origin, state: 'paused' });
  });

  it('tells of each output what it sends, what waits and what was dropped', () => {
    const shown = picture({
      steps: [step('tv', 'rtmp', { progress: { framesQueued: 12, framesDropped: 340 } })],
      assets: [
        {
          assetType: 'livestream',
          id: 'lst',
          stepId: 'tv',
          recordingId: null,
          detail: '',
          status: 'running',
        },
      ],
      stepRates: new Map([['tv', { bitrateBps: 2_500_000, fps: 30 }]]),
    });
    expect(shown.edges.find(({ to }) => to === 'livestream:lst')).toMatchObject({
      bitrateBps: 2_500_000,
      fps: 30,
      queueDepth: 12,
      dropped: 340,
    });
  });

  it('leads from a recording to the transcript that is made of it', () => {
    const shown = picture({
      assets: [
        {
          assetType: 'recording',
          id: 'rec',
          stepId: null,
          recordingId: null,
          detail: '',
          status: 'completed',
        },
        {
          assetType: 'transcription',
          id: 'trn',
          stepId: null,
          recordingId: 'rec',
          detail: 'en',
          status: 'running',
        },
      ],
    });
    expect(lines(shown)).toContain('recording:rec → transcription:trn');
  });

  it('can be laid out as it is', () => {
    const shown = picture({ steps: [step('picture', 'compose'), step('tv', 'rtmp', { from: 'picture' })] });
    const placed = layOut(shown, { edgeLabels: { widthPx: 96, lines: 2 } });
    const x = (id: string): number => placed.nodes.find((each) => each.id === id)!.x;
    expect(x('person:ada')).toBeLessThan(x('track:ada-mic'));
    expect(x('track:ada-mic')).toBeLessThan(x('room'));
    expect(x('room')).toBeLessThan(x('step:picture'));
    expect(x('step:picture')).toBeLessThan(x('step:tv'));
  });
});

describe('trackRates', () => {
  const count = (atMs: number, bytes: number, pictures: number[]) => ({
    atMs,
    tracks: [{ trackId: 'cam', bytes, pictures }],
  });

  it('is what came between two counts, of the layer with most pictures', () => {
    expect(trackRates(count(1000, 0, [0, 0]), count(2000, 125_000, [15, 30]))).toEqual(
      new Map([['cam', { bitrateBps: 1_000_000, fps: 30 }]]),
    );
  });

  it('knows no pictures of sound', () => {
    expect(trackRates(count(0, 0, [0]), count(500, 2000, [0])).get('cam')).toEqual({
      bitrateBps: 32_000,
      fps: null,
    });
  });

  it('knows nothing of a track that has begun anew, that has just come, or that was counted just now', () => {
    expect(trackRates(count(0, 9000, [9]), count(1000, 100, [1])).size).toBe(0);
    expect(trackRates({ atMs: 0, tracks: [] }, count(1000, 100, [1])).size).toBe(0);
    expect(trackRates(count(0, 0, [0]), count(20, 100, [1])).size).toBe(0);
  });
});

describe('the flow of steps', () => {
  it('is what was told twice running, over the time between', () => {
    const flow = new StepFlow();
    flow.note('tv', 1, { bytesSent: 1000, picturesOut: 0 }, 0);
    expect(flow.rateOf('tv', 0)).toEqual({ bitrateBps: null, fps: null });
    flow.note('tv', 1, { interrupted: 'camera' }, 1000);
    flow.note('tv', 1, { bytesSent: 501_000, picturesOut: 59 }, 2000);
    expect(flow.rateOf('tv', 2500)).toEqual({ bitrateBps: 2_000_000, fps: 29.5 });
  });

  it('is not known when nothing was told for long, and after another worker has taken the step up', () => {
    const flow = new StepFlow();
    flow.note('file', 1, { bytes: 0 }, 0);
    flow.note('file', 1, { bytes: 1000 }, 2000);
    expect(flow.rateOf('file', 20_000).bitrateBps).toBeNull();
    flow.note('file', 2, { bytes: 5000 }, 4000);
    expect(flow.rateOf('file', 4000).bitrateBps).toBeNull();
    expect(flow.rateOf('nothing', 0).bitrateBps).toBeNull();
  });
});
