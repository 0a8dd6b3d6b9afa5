import { expect, it } from 'vitest';
import type { RoomflowEvent } from '../../../runtime/contract/index.ts';
import { startRuntime, type InProcessRuntime } from '../../support/runtime/index.ts';
import { linesOf, speak, speakAs } from '../../support/speech/index.ts';

type Said = RoomflowEvent<'transcription-text'>['data'];

const finalsOf = (runtime: InProcessRuntime, participantId: string): Said[] =>
  runtime.events
    .events()
    .flatMap((event) =>
      event.type === 'transcription-text' && event.data.isFinal && event.data.participantId === participantId
        ? [event.data]
        : [],
    );

const transcribe = async (runtime: InProcessRuntime, body: Record<string, unknown>): Promise<void> => {
  await runtime.api.call('POST', '/ai/v1/realtime-transcriptions/start', body);
  await runtime.events.event('transcription-started', ({ roomId }) => roomId === body['roomId']);
};
const end = async (runtime: InProcessRuntime, roomId: string): Promise<void> => {
  await runtime.api.call('POST', '/ai/v1/realtime-transcriptions/end', { roomId });
  await runtime.events.event('transcription-stopped', (event) => event.roomId === roomId);
};

it('transcribes who comes later, and who comes back with a new connection', async () => {
  const speech = await speak(linesOf('awb', 0, 1));
  await using runtime = await startRuntime();
  const { roomId } = await runtime.api.createRoom();
  await using ada = await runtime.join(roomId, { participantId: 'ada' });
  await transcribe(runtime, { roomId });
  await using bob = await runtime.join(roomId, { participantId: 'bob' });
  {
    await using late = await speakAs(bob, speech);
    await late.said();
  }
  // Its media begins anew, as after a change of network.
  await using again = await speakAs(bob, speech);
  await again.said();
  await end(runtime, roomId);
  expect(finalsOf(runtime, 'bob')).toHaveLength(2);
  expect(finalsOf(runtime, 'ada')).toEqual([]);
  expect(ada.participantId).toBe('ada');
});

it('ends a sentence where its speaker is muted, and takes nothing of what is said then', async () => {
  const speech = await speak([...linesOf('awb', 0, 1), ...linesOf('awb', 1, 1)]);
  await using runtime = await startRuntime();
  const { roomId } = await runtime.api.createRoom();
  await using ada = await runtime.join(roomId, { participantId: 'ada' });
  await transcribe(runtime, { roomId });
  await using guest = await speakAs(ada, speech);
  const { endMs } = speech.lines[0]!;
  await guest.reached(endMs - 300);
  await ada.call('set-muted', { kind: 'audio', muted: true });
  await guest.said();
  await end(runtime, roomId);
  const [only, ...others] = finalsOf(runtime, 'ada');
  expect(only?.text).toMatch(/office/);
  expect(others).toEqual([]);
});

it('transcribes those named alone', async () => {
  const speech = await speak(linesOf('rms', 1, 1));
  await using runtime = await startRuntime();
  const { roomId } = await runtime.api.createRoom();
  await using ada = await runtime.join(roomId, { participantId: 'ada' });
  await using bob = await runtime.join(roomId, { participantId: 'bob' });
  await transcribe(runtime, { roomId, participantIds: ['bob'] });
  await using first = await speakAs(ada, speech);
  await using second = await speakAs(bob, speech);
  await Promise.all([first.said(), second.said()]);
  await end(runtime, roomId);
  expect(finalsOf(runtime, 'ada')).toEqual([]);
  expect(finalsOf(runtime, 'bob')).toHaveLength(1);
});
