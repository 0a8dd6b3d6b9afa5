import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventType, SpeechEngineView } from '../../../runtime/contract/index.ts';
import {
  encodeVideoClip,
  publishAs,
  startRuntime,
  type InProcessRuntime,
} from '../../support/runtime/index.ts';

let runtime: InProcessRuntime;
let roomId: string;
beforeAll(async () => {
  runtime = await startRuntime({
    speechEngines: {
      folder: { type: 'sherpa-onnx', modelDirectory: '/nowhere/model' },
      sphinx: { type: 'pocketsphinx', modelDirectory: '/nowhere/sphinx' },
    },
  });
  ({ roomId } = await runtime.api.createRoom());
});
afterAll(() => runtime[Symbol.asyncDispose]());

const told = (): EventType[] => runtime.events.types(roomId).filter((type) => /^(step|transcr)/.test(type));

describe('a transcription that cannot be had', () => {
  const outputs = [{ url: 'rtmp://127.0.0.1/live', streamKey: 'hush' }];
  const enabled = (more: object) => ({ transcription: { enabled: true, ...more } });

  it.each([
    ['of an unknown engine', { engine: 'nobody' }, 422, 'unknown-engine', /pocketsphinx/],
    ['of VideoSDK’s model', { modelId: 'raman_v1' }, 422, 'unknown-engine', /raman_v1/],
    ['in a language that the engine has not', { language: 'fr-FR' }, 422, 'unsupported-language', /fr-FR/],
    [
      'with a model whose folder is missing',
      { engine: 'folder' },
      503,
      'engine-not-ready',
      /\/nowhere\/model/,
    ],
    ['with a missing model', { engine: 'sphinx' }, 503, 'engine-not-ready', /\/nowhere\/sphinx/],
    ['in no language', { language: 'english please' }, 400, 'invalid-request', /language/],
    ['for nobody', { participantIds: [] }, 400, 'invalid-request', /participantIds/],
  ])('is refused live before anything is started: %s', async (_what, body, status, code, message) => {
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    const answer = await runtime.api.send('POST', '/ai/v1/realtime-transcriptions/start', {
      roomId,
      ...body,
    });
    expect(answer).toMatchObject({
      status,
      body: { code, message: expect.stringMatching(message) as string },
    });
    expect(told()).toEqual([]);
  });

  it.each([
    ['/v2/recordings/start', {}],
    ['/v2/recordings/composite/start', {}],
    ['/v2/recordings/participant/start', { participantId: 'ada' }],
    ['/v2/livestreams/start', { outputs, config: { recording: { enabled: true } } }],
    ['/v2/hls/start', { config: { recording: { enabled: true } } }],
  ])('is refused with %s before anything is started', async (path, body) => {
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    for (const [more, code] of [
      [{ modelId: 'nobody' }, 'unknown-engine'],
      [{ language: 'fr' }, 'unsupported-language'],
      [{ modelId: 'folder' }, 'engine-not-ready'],
    ] as const) {
      const answer = await runtime.api.send('POST', path, { roomId, ...body, ...enabled(more) });
      expect(answer.body).toMatchObject({ code });
    }
    expect(told()).toEqual([]);
  });

  it.each([
    ['/v2/livestreams/start', { outputs }, 'invalid-livestream-config'],
    ['/v2/hls/start', {}, 'invalid-step-params'],
  ])('is refused with %s where no recording would be left', async (path, body, code) => {
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    const answer = await runtime.api.send('POST', path, { roomId, ...body, ...enabled({}) });
    expect(answer).toMatchObject({ status: 422, body: { code } });
    expect(told()).toEqual([]);
  });

  it('is refused of a recording without sound, and of a track of pictures', async () => {
    const { roomId: seen } = await runtime.api.createRoom();
    await using ada = await runtime.join(seen, { participantId: 'ada' });
    await using camera = await publishAs(ada, { clips: [await encodeVideoClip('vp8')] });
    await runtime.events.event('track-published', (event) => event.roomId === seen);
    const kind = 'video';
    const asked = { roomId: seen, participantId: 'ada', kind, transcription: { enabled: true } };
    expect(await runtime.api.send('POST', '/v2/recordings/participant/track/start', asked)).toMatchObject({
      status: 422,
      body: { code: 'nothing-to-transcribe' },
    });
    const { recordingId } = await runtime.api.record(seen, 'ada', { kind });
    await runtime.events.event('participant-track-recording-started');
    await camera.sentMore(30);
    await runtime.api.stopRecording(seen, 'ada', kind);
    await runtime.events.event('participant-track-recording-stopped');
    expect(await runtime.api.send('POST', '/ai/v1/post-transcriptions', { recordingId })).toMatchObject({
      status: 422,
      body: { code: 'nothing-to-transcribe', message: expect.stringContaining(recordingId) as string },
    });
    expect(runtime.events.types(seen).filter((type) => type.startsWith('transcription'))).toEqual([]);
  });

  it('is refused where it is not known, or not the time', async () => {
    const { roomId: empty } = await runtime.api.createRoom();
    const post = (path: string, body: object) => runtime.api.send('POST', `/ai/v1/${path}`, body);
    expect(await post('post-transcriptions', { recordingId: 'rec_none' })).toMatchObject({
      status: 404,
      body: { code: 'recording-not-found' },
    });
    expect(await post('realtime-transcriptions/start', { roomId: empty })).toMatchObject({
      status: 404,
      body: { code: 'no-live-session' },
    });
    expect(await runtime.api.send('GET', '/ai/v1/realtime-transcriptions/trn_none')).toMatchObject({
      status: 404,
      body: { code: 'transcription-not-found' },
    });
    await using _ada = await runtime.join(empty, { participantId: 'ada' });
    expect(await post('realtime-transcriptions/end', { roomId: empty })).toMatchObject({
      status: 409,
      body: { code: 'not-transcribing' },
    });
  });
});

describe('the recognisers', () => {
  it('are listed with what keeps each from being started', async () => {
    const engines = await runtime.api.call<SpeechEngineView[]>('GET', '/v2/speech/engines');
    expect(engines).toMatchObject([
      { name: 'pocketsphinx', ready: true, message: null, isDefault: true },
      { name: 'folder', ready: false, message: expect.stringContaining('/nowhere/model') as string },
      { name: 'sphinx', ready: false, message: expect.stringContaining('/nowhere/sphinx') as string },
    ]);
  });
});
