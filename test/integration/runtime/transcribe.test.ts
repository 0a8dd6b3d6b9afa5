import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomflowEvent } from '../../../runtime/contract/index.ts';
import { startRuntime, type InProcessRuntime } from '../../support/runtime/index.ts';
import {
  linesOf,
  recogniseStraight,
  speak,
  speakAs,
  wordErrorRate,
  type Speech,
  type SpokenLine,
} from '../../support/speech/index.ts';

type Said = RoomflowEvent<'transcription-text'>['data'];

/** Points by which the way through the room may make the engine worse. */
const MOST_ADDED_ERRORS = 0.03;
const MOST_OFF_MS = 300;

describe('two people who talk over each other', () => {
  let runtime: InProcessRuntime;
  const speeches = new Map<string, Speech>();
  const spoken = new Map<string, SpokenLine[]>();
  let said: Said[];
  let straight: Map<string, string[]>;

  beforeAll(async () => {
    speeches.set('ada', await speak(linesOf('awb'), { pauseMs: 900 }));
    speeches.set('bob', await speak(linesOf('rms'), { pauseMs: 1300, leadMs: 1700 }));
    runtime = await startRuntime();
    const { roomId } = await runtime.api.createRoom();
    const ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
    await runtime.api.call('POST', '/ai/v1/realtime-transcriptions/start', { roomId });
    await runtime.events.event('transcription-started');
    const bob = await runtime.join(roomId, { participantId: 'bob', name: 'Bob' });
    const { start } = await runtime.api.session(ada.sessionId);

    await Promise.all(
      [ada, bob].map(async (participant, index) => {
        const id = index === 0 ? 'ada' : 'bob';
        await using guest = await speakAs(participant, speeches.get(id)!);
        await guest.said();
        spoken.set(id, guest.linesOn(Date.parse(start)));
      }),
    );
    await runtime.api.call('POST', '/ai/v1/realtime-transcriptions/end', { roomId });
    await runtime.events.event('transcription-stopped');
    said = runtime.events
      .events()
      .flatMap((event) => (event.type === 'transcription-text' && event.data.isFinal ? [event.data] : []));
    await ada.drop();
    await bob.drop();
    straight = new Map(
      await Promise.all(
        [...speeches].map(async ([id, speech]) => [id, await recogniseStraight(speech)] as const),
      ),
    );
  });
  afterAll(async () => {
    await runtime[Symbol.asyncDispose]();
  });

  const saidBy = (id: string): Said[] => said.filter(({ participantId }) => participantId === id);

  it('are understood as well as the engine alone understands the source', () => {
    const ids = [...speeches.keys()];
    const textOf = (texts: readonly string[]): string => texts.join(' ');
    const source = textOf(ids.flatMap((id) => speeches.get(id)!.lines.map(({ text }) => text)));
    const alone = wordErrorRate(source, textOf(ids.flatMap((id) => straight.get(id)!)));
    const through = wordErrorRate(source, textOf(ids.flatMap((id) => saidBy(id).map(({ text }) => text))));
    expect(through, `through the room, against ${alone} alone`).toBeLessThanOrEqual(
      alone + MOST_ADDED_ERRORS,
    );
  });

  it.each(['ada', 'bob'])('are told when they begin and end, to 300 ms: %s', (id) => {
    const segments = saidBy(id);
    expect(segments).toHaveLength(spoken.get(id)!.length);
    for (const [index, line] of spoken.get(id)!.entries()) {
      const { startMs, endMs } = segments[index]!;
      expect(Math.abs(startMs - line.startMs), `start of "${line.text}"`).toBeLessThan(MOST_OFF_MS);
      expect(Math.abs(endMs - line.endMs), `end of "${line.text}"`).toBeLessThan(MOST_OFF_MS);
    }
  });

  it('bear their own names, and nobody else is heard', () => {
    expect(
      new Set(said.map(({ participantId, participantName }) => `${participantId}/${participantName}`)),
    ).toEqual(new Set(['ada/Ada', 'bob/Bob']));
  });
});
