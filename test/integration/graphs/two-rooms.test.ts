import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Graph, GraphDocument, GraphInstance, Page, Step } from '../../../runtime/contract/index.ts';
import { analysePicture, analyseTones, colourDistance, pictureAt } from '../../support/oracle/index.ts';
import {
  completedRecording,
  encodeAudioClip,
  encodeVideoClip,
  publishAs,
  startRuntime,
  type InProcessRuntime,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';
import { linesOf, speak, speakAs, wordErrorRate, type Line } from '../../support/speech/index.ts';
import { completedTranscript } from '../../support/transcripts/index.ts';

const run = promisify(execFile);

/** Five nodes: what happens in a meeting, and what is to be done then. */
const document: GraphDocument = {
  version: 1,
  name: 'Record, stream and write down',
  nodes: {
    began: { on: 'session-started' },
    joined: { on: 'participant-joined' },
    stream: { do: 'hls', from: 'began', with: { config: { quality: 'low', labels: false } } },
    transcript: { do: 'transcribe', from: 'began' },
    file: { do: 'record', from: 'joined' },
  },
};

const colours = {
  red: { red: 200, green: 0, blue: 0 },
  lime: { red: 0, green: 200, blue: 0 },
  blue: { red: 0, green: 0, blue: 200 },
  gold: { red: 200, green: 200, blue: 0 },
} as const;
type ColourName = keyof typeof colours;

/** A guest who is known by a colour and a tone, or by what it says. */
type Guest = { id: string } & ({ colour: ColourName; toneHz: number } | { says: Line });
const guestsOfRooms: readonly (readonly Guest[])[] = [
  [
    { id: 'ada', colour: 'red', toneHz: 500 },
    { id: 'bob', colour: 'lime', toneHz: 900 },
    { id: 'amy', says: linesOf('awb', 0, 1)[0]! },
  ],
  [
    // The same id as in the other room, at the same time.
    { id: 'ada', colour: 'blue', toneHz: 1300 },
    { id: 'eve', colour: 'gold', toneHz: 1700 },
    { id: 'tom', says: linesOf('awb', 9, 1)[0]! },
  ],
];
const allTonesHz = guestsOfRooms.flat().flatMap((guest) => ('toneHz' in guest ? [guest.toneHz] : []));

type Room = {
  roomId: string;
  sessionId: string;
  guests: { guest: Guest; participant: SignallingParticipant }[];
};

let runtime: InProcessRuntime;
let graph: Graph;
const rooms: Room[] = [];
let instances: GraphInstance[];

/** Comes in, sends, and says what there is to say; `done` when all has been said, or has been seen for a while. */
async function takePart(room: Room, guest: Guest): Promise<AsyncDisposable & { done: Promise<void> }> {
  const enter = async (): Promise<SignallingParticipant> => {
    const participant = await runtime.join(room.roomId, { participantId: guest.id, name: guest.id });
    room.sessionId = participant.sessionId;
    room.guests.push({ guest, participant });
    return participant;
  };
  if ('says' in guest) {
    const speech = await speak([guest.says]);
    const speaker = await speakAs(await enter(), speech);
    return { done: speaker.said(), [Symbol.asyncDispose]: () => speaker.media.close() };
  }
  const source = `color=0x${hexOf(colours[guest.colour])}:` as const;
  const clips = [
    await encodeVideoClip('vp8', { size: '160x90', seconds: 2, source }),
    await encodeAudioClip(2, guest.toneHz),
  ];
  const media = await publishAs(await enter(), { clips });
  return { done: media.sentMore(30 * 6), [Symbol.asyncDispose]: () => media.close() };
}

const hexOf = ({ red, green, blue }: { red: number; green: number; blue: number }): string =>
  [red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('');
const instancesOf = async (): Promise<GraphInstance[]> =>
  (await runtime.api.call<Page<GraphInstance>>('GET', `/v2/graphs/${graph.id}/instances?perPage=100`)).data;
const stepOf = async (room: Room, nodeId: string, participantId?: string): Promise<Step> => {
  const instance = instances.find(
    ({ sessionId, scopeId, nodes }) =>
      sessionId === room.sessionId &&
      nodes.some((node) => node.nodeId === nodeId) &&
      (participantId === undefined || scopeId === participantId),
  );
  const stepId = instance?.nodes.find((node) => node.nodeId === nodeId)?.stepId;
  if (stepId === undefined || stepId === null) {
    throw new Error(`${nodeId} of ${participantId ?? room.roomId} has no step`);
  }
  return runtime.api.step(stepId);
};

beforeAll(async () => {
  runtime = await startRuntime();
  graph = await runtime.api.call<Graph>('POST', '/v2/graphs', { document });
  for (const _ of guestsOfRooms) {
    const { roomId } = await runtime.api.createRoom();
    rooms.push({ roomId, sessionId: '', guests: [] });
  }
  await using media = new AsyncDisposableStack();
  const guests = await Promise.all(
    rooms.flatMap((room, index) =>
      guestsOfRooms[index]!.map(async (guest) => media.use(await takePart(room, guest))),
    ),
  );
  await Promise.all(
    rooms.map(({ roomId }) =>
      runtime.events.event('hls-playable', (event) => event.roomId === roomId, { timeoutMs: 60_000 }),
    ),
  );
  await Promise.all(guests.map(({ done }) => done));
  // What was said last is still being understood.
  await Promise.all(
    rooms.map(({ roomId }) =>
      runtime.events.event('transcription-text', (event) => event.roomId === roomId && event.data.isFinal, {
        timeoutMs: 30_000,
      }),
    ),
  );
  for (const { participant } of rooms.flatMap((room) => room.guests)) {
    await participant.leave();
  }
  instances = await vi.waitFor(
    async () => {
      const all = await instancesOf();
      expect(all.filter(({ endedAt }) => endedAt === null)).toEqual([]);
      return all;
    },
    { timeout: 30_000, interval: 200 },
  );
});
afterAll(() => runtime[Symbol.asyncDispose]());

describe('a document of five nodes in two rooms with three guests each', () => {
  it('runs once for each session and for each guest, and ends with it', () => {
    const told = instances.map(({ roomId, nodeId, scopeId, state, reason }) => ({
      ...{ roomId, nodeId, scopeId, state, reason },
    }));
    const expected = rooms.flatMap(({ roomId, sessionId, guests }) => [
      { roomId, nodeId: 'began', scopeId: sessionId, state: 'finished', reason: 'session-ended' },
      ...guests.map(({ guest }) => ({
        ...{ roomId, nodeId: 'joined', scopeId: guest.id, state: 'finished', reason: 'participant-left' },
      })),
    ]);
    expect(told).toHaveLength(expected.length);
    expect(told).toEqual(expect.arrayContaining(expected));
    expect(instances.flatMap(({ nodes }) => nodes).map(({ state }) => state)).toEqual(
      Array.from({ length: 10 }, () => 'finished'),
    );
  });

  it('leaves each guest a file of its own, with its own picture and tone and nobody else’s', async () => {
    for (const room of rooms) {
      for (const { guest } of room.guests) {
        const { recordingId } = await stepOf(room, 'file', guest.id);
        const [file, ...others] = await completedRecording(runtime, recordingId!);
        expect(others).toEqual([]);
        const path = file!.filePath;
        const levels = await analyseTones(path);
        const heardHz = allTonesHz.filter(
          (toneHz) => levels(toneHz).filter(({ db }) => db > -30).length > 30,
        );
        if ('says' in guest) {
          expect(heardHz).toEqual([]);
          continue;
        }
        expect(heardHz, `${guest.id} in ${path}`).toEqual([guest.toneHz]);
        expect((await analysePicture(path)).decodeErrors).toEqual([]);
        const { meanColour } = await pictureAt(path, 3);
        expect(colourDistance(meanColour, colours[guest.colour]), `${guest.id} in ${path}`).toBeLessThan(60);
      }
    }
  });

  it('writes down what was said in each room, and by whom', async () => {
    for (const room of rooms) {
      const step = await stepOf(room, 'transcript');
      const started = await runtime.events.event(
        'transcription-started',
        ({ data }) => data.stepId === step.stepId,
      );
      const { transcriptionFilePaths } = await completedTranscript(runtime, started.data.id);
      const { segments } = (await (await fetch(transcriptionFilePaths['json']!)).json()) as {
        segments: { participantId: string; text: string }[];
      };
      const speaker = room.guests.find(({ guest }) => 'says' in guest)!.guest;
      const said = segments.filter(({ participantId }) => participantId === speaker.id);
      const { text } = 'says' in speaker ? speaker.says : { text: '' };
      expect(wordErrorRate(text, said.map((segment) => segment.text).join(' '))).toBeLessThan(0.4);
    }
  });

  it('leaves a stream of each room that plays to its end', async () => {
    for (const room of rooms) {
      const { data } = await runtime.events.event('hls-stopped', ({ roomId }) => roomId === room.roomId);
      const playlist = data.playbackHlsUrl.replace('index.m3u8', 'low/index.m3u8');
      const { stdout, stderr } = await run(
        'ffmpeg',
        ['-v', 'warning', '-progress', '-', '-nostats', '-i', playlist, '-f', 'null', '-'],
        { maxBuffer: 16 * 1024 * 1024 },
      );
      expect(stderr.trim()).toBe('');
      expect(Number(/.*frame=(\d+)/s.exec(stdout)?.[1] ?? 0)).toBeGreaterThan(30 * 4);
    }
  });

  it('leaves nothing running', async () => {
    for (const { roomId } of rooms) {
      const { data } = await runtime.api.call<{ data: Step[] }>('GET', `/v2/rooms/${roomId}/steps`);
      expect(data.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'finished'));
    }
    expect(runtime.served.runtime.rooms.sessions()).toEqual([]);
    expect(await runtime.api.call('GET', `/v2/graphs/${graph.id}`)).toMatchObject({
      enabled: true,
      runningInstances: 0,
    });
  });
});
