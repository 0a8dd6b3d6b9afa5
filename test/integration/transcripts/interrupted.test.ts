import { describe, expect, it } from 'vitest';
import type { Page, TranscriptSegment, Transcription } from '../../../runtime/contract/index.ts';
import { startRuntimeProcess, type RuntimeUnderTest } from '../../support/runtime/index.ts';
import { linesOf, speak, speakAs } from '../../support/speech/index.ts';
import { startOpenAiServer } from '../../support/speech-servers/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';
import { completedTranscript, documentOf } from '../../support/transcripts/index.ts';

const transcript = (runtime: RuntimeUnderTest, type: 'realtime' | 'post', id: string) =>
  runtime.api.call<Transcription>('GET', `/ai/v1/${type}-transcriptions/${id}`);
const segmentsOf = async (runtime: RuntimeUnderTest, type: 'realtime' | 'post', id: string) =>
  (await runtime.api.call<Page<TranscriptSegment>>('GET', `/ai/v1/${type}-transcriptions/${id}/segments`))
    .data;

describe('when the whole runtime is killed', () => {
  it('takes a job up again, and completes what was being written down live with what was heard', async () => {
    await using service = await startOpenAiServer();
    const settings = {
      speechEngines: JSON.stringify({ service: { type: 'openai', baseUrl: service.baseUrl, model: 'any' } }),
    };
    await using directory = await temporaryDirectory();
    const speech = await speak(linesOf('awb', 0, 2), { pauseMs: 900 });
    let post: string;
    let realtime: string;
    {
      await using runtime = await startRuntimeProcess(directory.entry('data'), settings);
      const { roomId } = await runtime.api.createRoom();
      await using ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
      ({ id: realtime } = await runtime.api.call<Transcription>(
        'POST',
        '/ai/v1/realtime-transcriptions/start',
        { roomId },
      ));
      await runtime.events.event('transcription-started');
      await using guest = await speakAs(ada, speech);
      await runtime.events.event('track-published');
      const { recordingId } = await runtime.api.record(roomId, 'ada', { mode: 'audio' });
      await guest.said();
      await runtime.events.event('transcription-text', ({ data }) => data.isFinal);
      await runtime.api.stopRecording(roomId, 'ada');
      await runtime.events.event('participant-recording-stopped');
      service.faults.set('hang');
      ({ id: post } = await runtime.api.call<Transcription>('POST', '/ai/v1/post-transcriptions', {
        recordingId,
        engine: 'service',
      }));
      await expect.poll(() => service.requests.length, { timeout: 20_000 }).toBeGreaterThan(0);
      runtime.process.signal('SIGKILL');
      expect(await runtime.process.ended).toMatchObject({ signal: 'SIGKILL' });
    }

    service.faults.clear();
    await using runtime = await startRuntimeProcess(directory.entry('data'), {
      ...settings,
      sessionResumeSeconds: 0,
    });
    await completedTranscript(runtime, post);
    expect(await transcript(runtime, 'post', post)).toMatchObject({ status: 'completed', engine: 'service' });
    expect(await segmentsOf(runtime, 'post', post)).toHaveLength(2);

    await completedTranscript(runtime, realtime);
    const heard = await transcript(runtime, 'realtime', realtime);
    expect(heard).toMatchObject({ status: 'completed', type: 'realtime', error: null });
    const segments = await segmentsOf(runtime, 'realtime', realtime);
    expect(segments.length).toBeGreaterThan(0);
    const file = await fetch(heard.transcriptionFilePaths.json ?? '');
    expect(documentOf(await file.text()).segments).toEqual(segments);
    expect(runtime.events.types().filter((type) => type === 'transcription-starting')).toHaveLength(2);
  });
});
