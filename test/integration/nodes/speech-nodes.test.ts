import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itemsOf } from '../../support/n8n-host/index.ts';
import {
  clientsOf,
  encodeVideoClip,
  publishAs,
  type RuntimeUnderTest,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';
import { startOpenAiServer, type OpenAiServer } from '../../support/speech-servers/index.ts';
import { speak, speakAs, wordErrorRate, writeSpeech, type Speech } from '../../support/speech/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';
import { byId, ours, startN8nWithRuntime, type N8nWithRuntime } from './support/n8n-with-runtime.ts';
import { chain, type NodeSpec } from './support/workflow.ts';

type Item = Record<string, unknown>;

const LINE = 'we need more water for the garden today';
/** The built-in recogniser mistakes some words, and more on a busy machine's worst day. */
const MOST_ERRORS = 0.4;
/** Puts the text of the item's file into its JSON; an item without one does not come through. */
const textOf = (field: string): NodeSpec => ({
  name: 'File',
  type: 'n8n-nodes-base.moveBinaryData',
  parameters: { mode: 'binaryToJson', setAllData: false, sourceKey: field },
});

describe('speech and tap nodes with the real runtime', () => {
  let host: N8nWithRuntime;
  let clients: Pick<RuntimeUnderTest, 'api' | 'events' | 'join'>;
  let service: OpenAiServer;
  let speech: Speech;
  let files: Server;
  let soundUrl: string;

  beforeAll(async () => {
    speech = await speak([{ text: LINE, voice: 'awb' }]);
    service = await startOpenAiServer({
      transcripts: ['The garden is dry.'],
      chat: (messages) => `Summary of ${String(messages.at(-1)?.content.length)} letters`,
    });
    const { baseUrl } = service;
    host = await startN8nWithRuntime({
      speechEngines: { service: { type: 'openai', baseUrl, model: 'test-model' } },
      summary: { baseUrl, model: 'test-model' },
    });
    const { url, runtime } = host.runtime();
    clients = await clientsOf(url, runtime.keys);
    await using folder = await temporaryDirectory();
    const path = folder.entry('sound.wav');
    await writeSpeech(speech, path);
    const sound = await readFile(path);
    files = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/wav' }).end(sound);
    });
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
    soundUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}/sound.wav`;
  });
  afterAll(async () => {
    files.close();
    await clients.events.close();
    await host[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  });

  const withAda = async (
    customRoomId: string,
  ): Promise<{ roomId: string; room: Item; ada: SignallingParticipant }> => {
    const { roomId } = await clients.api.createRoom({ customRoomId });
    const ada = await clients.join(roomId, { participantId: 'ada', name: 'Ada' });
    return { roomId, room: byId(roomId), ada };
  };
  const say = async (ada: SignallingParticipant): Promise<void> => {
    await using guest = await speakAs(ada, speech);
    await guest.said();
  };
  const published = async (name: string, ...nodes: NodeSpec[]): Promise<string> => {
    const { id } = await host.n8n.importWorkflow(chain(name, host.credential, nodes));
    await host.n8n.activate(id);
    return id;
  };
  const firstItems = async (id: string, node: string): Promise<Item[]> => {
    const executions = await host.n8n.waitForExecutions(id, { atLeast: 1, timeoutMs: 60_000 });
    // The newest come first, and may be running still.
    const first = executions.findLast(({ status }) => status !== 'running' && status !== 'new');
    const execution = await host.n8n.execution(first?.id ?? '');
    expect(execution.error).toBeUndefined();
    return itemsOf(execution, node);
  };

  it('says what to expect of each engine and voice where they are chosen', async () => {
    const pick = async (node: string, parameter: string, method: string): Promise<string[]> => {
      const { results } = await host.n8n.listSearch({
        nodeType: { name: `n8n-nodes-roomflow.${node}`, version: 1 },
        parameter,
        method,
        parameters: {},
        credentials: { roomflowApi: host.credential },
      });
      return results.map(({ name }) => name);
    };
    const engines = await pick('transcribe', 'engine', 'searchEngines');
    expect(engines.find((name) => name.startsWith('pocketsphinx'))).toMatch(/modest/i);
    expect(engines.some((name) => name.startsWith('service'))).toBe(true);
    expect((await pick('play', 'voice', 'searchVoices')).join()).toMatch(/flite/);
  });

  it('transcribes a live room from Start to Stop: what is said starts a workflow, and Stop gives all of it', async () => {
    const { room, ada } = await withAda('live-transcript');
    const trigger = await published(
      'said',
      ours('Said', 'transcriptTrigger', { room, speechFilters: { speakerContains: 'ada' } }),
    );
    const start = ours('Transcribe', 'transcribe', { operation: 'start', room });
    expect(await host.only(start)).toMatchObject([{ type: 'realtime', engine: 'pocketsphinx' }]);
    expect((await host.run(start)).error).toBe('This is being transcribed already');
    await say(ada);
    const [said] = await firstItems(trigger, 'Said');
    expect(said).toMatchObject({ participantId: 'ada', participantName: 'Ada', isFinal: true });
    expect(wordErrorRate(LINE, String(said?.['text']))).toBeLessThan(MOST_ERRORS);

    const stopped = await host.run(
      ours('Stop', 'transcribe', { operation: 'stop', room, includeSegments: true, files: ['vtt', 'txt'] }),
      textOf('vtt'),
    );
    expect(stopped.error).toBeUndefined();
    expect(itemsOf(stopped, 'File')).toMatchObject([
      {
        transcriptionId: said?.['transcriptionId'],
        status: 'completed',
        text: `Ada: ${String(said?.['text'])}`,
        segmentCount: 1,
        segments: [{ participantId: 'ada', text: said?.['text'] }],
        data: expect.stringMatching(/^WEBVTT[\s\S]*-->/) as string,
      },
    ]);
    expect(
      await host.only(
        ours('Get', 'transcribe', {
          operation: 'get',
          transcription: byId(String(said?.['transcriptionId'])),
        }),
      ),
    ).toMatchObject([{ status: 'completed', segmentCount: 1 }]);
    expect((await host.run(ours('Stop', 'transcribe', { operation: 'stop', room }))).error).toBe(
      'The room is not being transcribed',
    );
    await ada.leave();
  });

  it('waits for the end of the session and goes on with the whole transcript and its summary', async () => {
    const { room, ada } = await withAda('awaited-transcript');
    const { id } = await host.n8n.importWorkflow(
      chain('awaited', host.credential, [
        { name: 'Start', type: 'n8n-nodes-base.manualTrigger' },
        ours('Transcribe', 'transcribe', { operation: 'startAndWait', room, summary: true }),
      ]),
    );
    await host.n8n.run(id, { trigger: 'Start' });
    await host.n8n.waitForExecutions(id, { atLeast: 1, timeoutMs: 30_000, until: 'waiting' });
    await say(ada);
    await ada.leave();
    const [item] = await firstItems(id, 'Transcribe');
    expect(item).toMatchObject({ status: 'completed', summaryStatus: 'completed', segmentCount: 1 });
    expect(item?.['summary']).toMatch(/^Summary of \d+ letters$/);
    expect(wordErrorRate(`Ada ${LINE}`, String(item?.['text']))).toBeLessThan(MOST_ERRORS);
  });

  it('transcribes a recording with an engine of the operator, and waits for the transcript', async () => {
    const { room, ada } = await withAda('recorded-speech');
    const [step] = await host.only(
      ours('Record', 'record', { operation: 'start', room, participant: byId('ada'), what: 'audio' }),
    );
    await say(ada);
    await host.only(ours('Stop', 'record', { operation: 'stop', step: byId(String(step?.['stepId'])) }));
    await ada.leave();
    const execution = await host.run(
      ours('Transcribe', 'transcribe', {
        resource: 'post',
        operation: 'startAndWait',
        recording: step?.['recordingId'],
        engine: byId('service'),
        files: ['srt'],
      }),
      textOf('srt'),
    );
    expect(execution.error).toBeUndefined();
    expect(itemsOf(execution, 'File')).toMatchObject([
      {
        type: 'post',
        recordingId: step?.['recordingId'],
        engine: 'service',
        text: 'Ada: The garden is dry.',
        data: expect.stringContaining('The garden is dry.') as string,
      },
    ]);
  });

  it('speaks, and plays a file from an address or from the item, to its end; and stops', async () => {
    const { roomId, room, ada } = await withAda('played');
    const spoken = await host.only(
      ours('Play', 'play', {
        operation: 'speak',
        room,
        text: 'Good morning',
        voice: byId('flite/slt'),
        options: { name: 'Robin', participantId: 'robin' },
      }),
    );
    expect(spoken).toMatchObject([
      { roomId, status: 'finished', participantId: 'robin', participantName: 'Robin', text: 'Good morning' },
    ]);
    expect(Number(spoken[0]?.['playedMs'])).toBeGreaterThan(400);
    expect(
      await host.only(ours('Play', 'play', { operation: 'playUrl', room, url: soundUrl })),
    ).toMatchObject([{ status: 'finished', url: soundUrl }]);
    const fromItem = await host.run(
      {
        name: 'Fetch',
        type: 'n8n-nodes-base.httpRequest',
        parameters: { url: soundUrl, responseFormat: 'file' },
      },
      ours('Play', 'play', { operation: 'playBinary', room, options: { metadata: '{"from":"item"}' } }),
    );
    expect(fromItem.error).toBeUndefined();
    const [played] = itemsOf(fromItem, 'Play');
    expect(played).toMatchObject({ status: 'finished', metadata: { from: 'item' } });
    expect(Math.abs(Number(played?.['playedMs']) - speech.durationMs)).toBeLessThan(300);

    const long = 'and so on '.repeat(60);
    const [begun] = await host.only(
      ours('Play', 'play', { operation: 'speak', room, text: long, wait: false }),
    );
    expect(await host.only(ours('Stop', 'play', { operation: 'stop', room }))).toMatchObject([
      { playId: begun?.['playId'], status: 'stopped' },
    ]);
    expect((await host.run(ours('Play', 'play', { operation: 'speak', room, text: ' ' }))).error).toBe(
      'There is no text to play',
    );
    await ada.leave();
  });

  it('taps what is said and shown into workflows, with the files', async () => {
    const { room, ada } = await withAda('tapped');
    const participant = byId('ada');
    const heard = await published(
      'heard',
      ours('Event', 'meetingEventTrigger', { events: ['tap-audio'], room }),
      textOf('data'),
    );
    const seen = await published(
      'seen',
      ours('Event', 'meetingEventTrigger', { events: ['tap-frame'], room }),
      textOf('data'),
    );
    const tap = (parameters: Item): Promise<Item[]> =>
      host.only(ours('Tap', 'trackTap', { operation: 'start', room, participant, ...parameters }));
    expect(await tap({ mode: 'utterances' })).toMatchObject([{ step: 'tap', participantId: 'ada' }]);
    expect(
      await tap({
        mode: 'frames',
        pictureOf: 'screen_video',
        everySeconds: 0.5,
        frameOptions: { maxWidth: 160 },
      }),
    ).toMatchObject([{ step: 'tap' }]);
    await say(ada);
    const [utterance] = await firstItems(heard, 'File');
    expect(utterance).toMatchObject({ participantId: 'ada', kind: 'audio', mimeType: 'audio/wav' });
    expect(utterance?.['data']).toMatch(/^RIFF/);
    const clip = await encodeVideoClip('vp8', { source: 'color=red:', seconds: 2 });
    const screen = await publishAs(ada, { clips: [clip], kinds: ['screen_video'] });
    const [picture] = await firstItems(seen, 'File');
    expect(picture).toMatchObject({ kind: 'screen_video', width: 160, mimeType: 'image/jpeg' });
    expect(picture?.['data']).toContain('JFIF');
    await screen.close();
    await ada.leave();
  });

  it('says what is wrong before anything is started, and what to do', async () => {
    const { room, ada } = await withAda('refused');
    const transcribe = (parameters: Item): NodeSpec =>
      ours('Transcribe', 'transcribe', { operation: 'start', room, ...parameters });
    const cases: [NodeSpec, string][] = [
      [transcribe({ engine: byId('nobody') }), 'The runtime has no such speech engine'],
      [transcribe({ options: { language: 'de' } }), 'The speech engine does not know this language'],
      [
        ours('Play', 'play', { operation: 'speak', room, text: 'Hi', voice: byId('nobody') }),
        'The runtime has no such voice',
      ],
      [
        ours('Get', 'transcribe', { operation: 'get', transcription: byId('none') }),
        'There is no such transcription',
      ],
      [
        ours('Tap', 'trackTap', {
          operation: 'start',
          room,
          participant: byId('ada'),
          mode: 'frames',
          everySeconds: 0,
        }),
        'No picture would ever be taken',
      ],
      [
        ours('Tap', 'trackTap', {
          operation: 'start',
          room,
          participant: byId('ada'),
          mode: 'rtp',
          destinations: {},
        }),
        'There is no address to send to',
      ],
    ];
    for (const [node, says] of cases) {
      expect((await host.run(node)).error).toBe(says);
    }
    await ada.leave();
  });
});
