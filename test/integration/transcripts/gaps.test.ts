import { describe, expect, it } from 'vitest';
import type { Page, TranscriptSegment, Transcription } from '../../../runtime/contract/index.ts';
import { startRuntime, type RuntimeUnderTest } from '../../support/runtime/index.ts';
import { linesOf, speak, speakAs } from '../../support/speech/index.ts';
import { startOpenAiServer } from '../../support/speech-servers/index.ts';
import { completedTranscript, rowsOf } from '../../support/transcripts/index.ts';

const transcript = (runtime: RuntimeUnderTest, id: string) =>
  runtime.api.call<Transcription>('GET', `/ai/v1/realtime-transcriptions/${id}`);
const segmentsOf = async (runtime: RuntimeUnderTest, id: string) =>
  (await runtime.api.call<Page<TranscriptSegment>>('GET', `/ai/v1/realtime-transcriptions/${id}/segments`))
    .data;

describe('speech that the engine refused as it was spoken', () => {
  it('is told as a gap, and put in its place when a recording of it completes', async () => {
    await using service = await startOpenAiServer();
    await using runtime = await startRuntime({
      speechEngines: { service: { type: 'openai', baseUrl: service.baseUrl, model: 'any' } },
      defaultSpeechEngine: 'service',
    });
    const { roomId } = await runtime.api.createRoom();
    await using ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
    const speech = await speak(linesOf('awb', 0, 2), { pauseMs: 1200 });
    const { id } = await runtime.api.call<Transcription>('POST', '/ai/v1/realtime-transcriptions/start', {
      roomId,
    });
    await runtime.events.event('transcription-started');
    await using guest = await speakAs(ada, speech);
    await runtime.events.event('track-published');
    await runtime.api.record(roomId, 'ada', { mode: 'audio' });
    service.faults.set({ status: 400 });
    await guest.said();
    const gap = await runtime.events.event('transcription-gap', ({ data }) => !data.filled);
    expect(gap.data).toMatchObject({ id, participantId: 'ada', code: 'engine-failed' });
    await runtime.api.call('POST', '/ai/v1/realtime-transcriptions/end', { roomId });
    await completedTranscript(runtime, id);
    expect((await transcript(runtime, id)).gaps.every(({ filled }) => !filled)).toBe(true);

    service.faults.clear();
    await runtime.api.stopRecording(roomId, 'ada');
    await expect
      .poll(async () => (await transcript(runtime, id)).gaps.map(({ filled }) => filled), {
        timeout: 30_000,
      })
      .not.toContain(false);
    const { gaps, transcriptionFilePaths } = await transcript(runtime, id);
    const segments = await segmentsOf(runtime, id);
    expect(segments.map(({ participantName }) => participantName)).toEqual(gaps.map(() => 'Ada'));
    for (const [index, { startMs, endMs }] of segments.entries()) {
      expect(startMs).toBeGreaterThanOrEqual(gaps[index]!.startMs - 300);
      expect(endMs).toBeLessThanOrEqual(gaps[index]!.endMs + 300);
    }
    await expect
      .poll(async () => rowsOf(await (await fetch(transcriptionFilePaths.tsv ?? '')).text()).length)
      .toBe(segments.length);
    expect(
      runtime.events.events().filter((event) => event.type === 'transcription-gap' && event.data.filled),
    ).toHaveLength(gaps.length);
  });
});
