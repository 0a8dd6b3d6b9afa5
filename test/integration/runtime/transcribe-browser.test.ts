import { expect, it } from 'vitest';
import type { RoomflowEvent } from '../../../runtime/contract/index.ts';
import { joinWithBrowser, startRuntime } from '../../support/runtime/index.ts';
import {
  launchSpeakingBrowser,
  linesOf,
  recogniseStraight,
  speak,
  wordErrorRate,
} from '../../support/speech/index.ts';

type Said = RoomflowEvent<'transcription-text'>['data'];

it('understands a guest at a browser, whose microphone is processed by it', async () => {
  const speech = await speak(linesOf('awb', 0, 5), { leadMs: 4000 });
  const source = speech.lines.map(({ text }) => text).join(' ');
  const alone = wordErrorRate(source, (await recogniseStraight(speech)).join(' '));
  await using runtime = await startRuntime();
  const { roomId } = await runtime.api.createRoom();
  await using host = await runtime.join(roomId, { participantId: 'host' });
  await runtime.api.call('POST', '/ai/v1/realtime-transcriptions/start', { roomId });
  await runtime.events.event('transcription-started');
  const finals = (): Said[] =>
    runtime.events
      .events()
      .flatMap((event) => (event.type === 'transcription-text' && event.data.isFinal ? [event.data] : []));
  await using speaking = await launchSpeakingBrowser(speech);
  const guest = await joinWithBrowser(runtime, speaking.browser, roomId, { participantId: 'cleo' });
  await runtime.events.event('track-published', ({ data }) => data.kind === 'audio');
  await expect.poll(() => finals().length, { timeout: 60_000 }).toBeGreaterThanOrEqual(speech.lines.length);
  await runtime.api.call('POST', '/ai/v1/realtime-transcriptions/end', { roomId });
  await runtime.events.event('transcription-stopped');
  await guest.close();

  const heard = finals();
  expect(new Set(heard.map(({ participantId }) => participantId))).toEqual(new Set(['cleo']));
  expect(wordErrorRate(source, heard.map(({ text }) => text).join(' '))).toBeLessThanOrEqual(alone + 0.1);
  // A browser does not say when it plays its file, so lines are placed by the first one.
  const offsetMs = heard[0]!.startMs - speech.lines[0]!.startMs;
  for (const [index, { startMs, endMs }] of speech.lines.entries()) {
    expect(Math.abs(heard[index]!.startMs - startMs - offsetMs)).toBeLessThan(300);
    expect(Math.abs(heard[index]!.endMs - endMs - offsetMs)).toBeLessThan(300);
  }
  expect(host.participantId).toBe('host');
});
