import { expect, it } from 'vitest';
import type { HlsStream, RoomflowEvent, Transcription } from '../../../runtime/contract/index.ts';
import { parseMediaPlaylist, validateMediaPlaylist, validateUpdate } from '../../support/hls/index.ts';
import {
  comeBack,
  killRuntime,
  startAgain,
  startRuntimeProcess,
  type RuntimeProcess,
} from '../../support/runtime/index.ts';
import { linesOf, speak, speakAs } from '../../support/speech/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

type Said = RoomflowEvent<'transcription-text'>['data'];

const finals = (runtime: RuntimeProcess): Said[] =>
  runtime.events
    .events()
    .flatMap((event) => (event.type === 'transcription-text' && event.data.isFinal ? [event.data] : []));

/** Everything that the subtitles of a stream say now. */
async function subtitlesAt(folder: string): Promise<{ playlist: string; text: string }> {
  const playlist = await (await fetch(`${folder}/index.m3u8`)).text();
  const uris = parseMediaPlaylist(playlist).segments.flatMap(({ uri }) => uri ?? []);
  const texts = await Promise.all(uris.map(async (uri) => (await fetch(`${folder}/${uri}`)).text()));
  return { playlist, text: texts.join('\n') };
}

it('a transcription goes on when its runtime is killed, is completed once, and captions stay in the stream', async () => {
  await using directory = await temporaryDirectory();
  const first = await startRuntimeProcess(directory.entry('data'));
  const { roomId } = await first.api.createRoom();
  const before = await first.join(roomId, { participantId: 'ada', name: 'Ada' });
  const { id: transcriptionId } = await first.api.call<Transcription>(
    'POST',
    '/ai/v1/realtime-transcriptions/start',
    { roomId },
  );
  const stream = await first.api.call<HlsStream>('POST', '/v2/hls/start', {
    roomId,
    config: { quality: 'low' },
  });
  await first.events.event('transcription-started');
  await first.events.event('hls-playable');
  const speaker = await speakAs(before, await speak(linesOf('awb', 0, 1)));
  await speaker.said();
  const early = await first.events.event('transcription-text', ({ data }) => data.isFinal);
  const folder = `${first.url}/hls/${stream.id}/subtitles`;
  await expect.poll(async () => (await subtitlesAt(folder)).text).toContain(early.data.text);
  const seen = await subtitlesAt(folder);
  await killRuntime(first);
  await speaker.media.close();

  await using runtime = await startAgain(first);
  await using ada = await comeBack(runtime, before);
  expect(ada.captions).toMatchObject({ transcriptionId });
  const restored = await subtitlesAt(folder);
  expect(restored.text).toContain(early.data.text);
  expect([
    ...validateMediaPlaylist(restored.playlist),
    ...validateUpdate(seen.playlist, restored.playlist),
  ]).toEqual([]);
  await ada.notified('media-restart');
  await using again = await speakAs(ada, await speak(linesOf('awb', 1, 1)));
  await again.said();
  const late = await runtime.events.event(
    'transcription-text',
    ({ data }) => data.isFinal && data.segmentId !== early.data.segmentId,
  );
  expect(late.data.startMs).toBeGreaterThan(early.data.endMs);
  await expect.poll(async () => (await subtitlesAt(folder)).text).toContain(late.data.text);
  await runtime.api.call('POST', '/ai/v1/realtime-transcriptions/end', { roomId });
  await runtime.events.event('transcription-completed');
  await runtime.api.call('POST', '/v2/hls/end', { roomId });

  const types = runtime.events.types();
  for (const moment of ['starting', 'started', 'stopping', 'stopped', 'completed']) {
    expect([moment, types.filter((type) => type === `transcription-${moment}`)]).toEqual([
      moment,
      [`transcription-${moment}`],
    ]);
  }
  const texts = finals(runtime).map(({ segmentId }) => segmentId);
  expect(new Set(texts).size).toBe(texts.length);
  const whole = await runtime.api.call<{ status: string }>(
    'GET',
    `/ai/v1/realtime-transcriptions/${transcriptionId}`,
  );
  expect(whole.status).toBe('completed');
});
