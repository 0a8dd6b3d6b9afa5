import { describe, expect, it } from 'vitest';
import type { RoomflowEvent, Step, Transcription } from '../../../runtime/contract/index.ts';
import {
  completedRecording,
  startRuntime,
  type InProcessRuntime,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';
import { linesOf, speak, speakAs, type SpeakingGuest, type SpokenLine } from '../../support/speech/index.ts';
import { startOpenAiServer, type OpenAiServer } from '../../support/speech-servers/index.ts';
import { childProcesses } from '../../support/temporary/index.ts';

const LISTENER = 'listener-process';
const MOST_OFF_MS = 300;

type Said = RoomflowEvent<'transcription-text'>['data'];

/** Finals so far, in their order. */
const finalsOf = (runtime: InProcessRuntime): Said[] =>
  runtime.events
    .events()
    .flatMap((event) => (event.type === 'transcription-text' && event.data.isFinal ? [event.data] : []));

type Transcribed = AsyncDisposable & {
  roomId: string;
  ada: SignallingParticipant;
  transcription: Transcription;
  speak(lines: Parameters<typeof speak>[0]): Promise<SpeakingGuest>;
  /** Lines on the session clock. */
  linesOf(guest: SpeakingGuest): Promise<SpokenLine[]>;
  end(): Promise<void>;
};

/** A room with Ada in it, who is being transcribed. */
async function transcribedRoom(runtime: InProcessRuntime, engine?: string): Promise<Transcribed> {
  const { roomId } = await runtime.api.createRoom();
  const ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
  const transcription = await runtime.api.call<Transcription>(
    'POST',
    '/ai/v1/realtime-transcriptions/start',
    {
      roomId,
      ...(engine === undefined ? {} : { engine }),
    },
  );
  await runtime.events.event('transcription-started', ({ data }) => data.id === transcription.id);
  return {
    roomId,
    ada,
    transcription,
    speak: async (lines) => speakAs(ada, await speak(lines)),
    linesOf: async (guest) => guest.linesOn(Date.parse((await runtime.api.session(ada.sessionId)).start)),
    async end() {
      await runtime.api.call('POST', '/ai/v1/realtime-transcriptions/end', { roomId });
      await runtime.events.event('transcription-stopped', ({ data }) => data.id === transcription.id);
    },
    [Symbol.asyncDispose]: () => ada.drop(),
  };
}

describe('a recogniser whose process is killed in the middle of a sentence', () => {
  it('goes on within a second, says each sentence once and at its time, and touches nothing else', async () => {
    await using runtime = await startRuntime();
    await using room = await transcribedRoom(runtime);
    await using guest = await room.speak(linesOf('awb', 0, 5));
    await runtime.events.event('track-published');
    const recording = await runtime.api.record(room.roomId, 'ada', { mode: 'audio' });
    const workerPid = runtime.served.runtime.pool.pidOf(room.ada.sessionId) ?? 0;
    const lines = await room.linesOf(guest);
    const third = lines[2]!;
    await guest.reached(third.startMs - lines[0]!.startMs + 1000 + (third.endMs - third.startMs) / 2);

    const [victim = 0] = await childProcesses(workerPid, LISTENER);
    process.kill(victim, 'SIGKILL');
    await guest.said();
    await room.end();
    await runtime.api.stopRecording(room.roomId, 'ada');

    const finals = finalsOf(runtime);
    expect(finals).toHaveLength(lines.length);
    expect(new Set(finals.map(({ segmentId }) => segmentId)).size).toBe(lines.length);
    for (const [index, line] of lines.entries()) {
      expect(Math.abs(finals[index]!.startMs - line.startMs), line.text).toBeLessThan(MOST_OFF_MS);
      expect(Math.abs(finals[index]!.endMs - line.endMs), line.text).toBeLessThan(MOST_OFF_MS);
    }
    expect(runtime.events.types(room.roomId)).not.toContain('transcription-gap');
    const { progress } = await runtime.api.call<Step>('GET', `/v2/steps/${room.transcription.stepId ?? ''}`);
    expect(progress).toMatchObject({ restarts: 1, part: 1, engine: 'pocketsphinx' });

    expect(runtime.served.runtime.pool.pidOf(room.ada.sessionId)).toBe(workerPid);
    expect(room.ada.notifications('media-restart')).toEqual([]);
    const files = await completedRecording(runtime, recording.recordingId);
    expect(files).toHaveLength(1);
  });

  it('ends with the worker of its room, and another takes the transcription up there', async () => {
    await using runtime = await startRuntime();
    await using room = await transcribedRoom(runtime);
    const { pool } = runtime.served.runtime;
    const workerPid = pool.pidOf(room.ada.sessionId) ?? 0;
    const before = await childProcesses(workerPid, LISTENER);
    expect(before).toHaveLength(1);
    process.kill(workerPid, 'SIGKILL');
    await runtime.events.event(
      'step-changed',
      ({ data }) => data.from === 'retrying' && data.to === 'running',
    );

    await using guest = await room.speak(linesOf('rms', 0, 2));
    await guest.said();
    await room.end();
    expect(finalsOf(runtime)).toHaveLength(2);
    expect(await childProcesses(process.pid, LISTENER)).toEqual([]);
  });
});

describe('a recogniser over the network', () => {
  const texts = ['the first', 'the second', 'the third'];
  const key = 'sk-secret-of-the-operator';
  const startBoth = async (): Promise<
    AsyncDisposable & { runtime: InProcessRuntime; server: OpenAiServer }
  > => {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await startOpenAiServer({ transcripts: texts, apiKey: key }));
    const runtime = stack.use(
      await startRuntime({
        speechEngines: {
          service: { type: 'openai', baseUrl: server.baseUrl, model: 'test-model', apiKey: key },
        },
      }),
    );
    const owned = stack.move();
    return { runtime, server, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  };

  it.each([{ status: 429 } as const, { status: 500 } as const, 'cut' as const])(
    'that fails for a moment (%o) is asked again, and nothing is lost or said twice',
    async (fault) => {
      await using both = await startBoth();
      const { runtime, server } = both;
      await using room = await transcribedRoom(runtime, 'service');
      server.faults.set(fault, 2);
      await using guest = await room.speak(linesOf('awb', 0, 3));
      await guest.said();
      await room.end();
      expect(
        finalsOf(runtime)
          .map(({ text }) => text)
          .sort(),
      ).toEqual([...texts].sort());
      expect(runtime.events.types(room.roomId)).not.toContain('transcription-gap');
    },
  );

  it('that asks for a longer pause than anybody waits leaves a gap with its cause, and goes on afterwards', async () => {
    await using both = await startBoth();
    const { runtime, server } = both;
    await using room = await transcribedRoom(runtime, 'service');
    server.faults.set({ status: 429, retryAfter: '120' }, 1);
    await using guest = await room.speak(linesOf('awb', 0, 2));
    const gap = await runtime.events.event('transcription-gap');
    const [first] = await room.linesOf(guest);
    expect(gap.data).toMatchObject({ participantId: 'ada', code: 'engine-rate-limited', filled: false });
    expect(Math.abs(gap.data.startMs - first!.startMs)).toBeLessThan(MOST_OFF_MS);
    expect(Math.abs(gap.data.endMs - first!.endMs)).toBeLessThan(MOST_OFF_MS);
    await guest.said();
    await room.end();
    expect(finalsOf(runtime).map(({ text }) => text)).toEqual(['the first']);
  });

  it('that refuses the key ends the transcription with that cause, and the room goes on', async () => {
    await using both = await startBoth();
    const { runtime, server } = both;
    await using room = await transcribedRoom(runtime, 'service');
    server.faults.set({ status: 401 });
    await using guest = await room.speak(linesOf('awb', 0, 1));
    const { data } = await runtime.events.event('transcription-failed');
    expect(data).toMatchObject({ code: 'engine-unauthorized' });
    expect(JSON.stringify(runtime.events.events())).not.toContain(key);
    await guest.said();
    expect(room.ada.notifications('media-restart')).toEqual([]);
  });
});
