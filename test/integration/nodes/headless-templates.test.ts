import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventType, RoomflowEvent } from '../../../runtime/contract/index.ts';
import type { WorkflowDocument } from '../../support/n8n-host/index.ts';
import {
  startHeadlessN8n,
  type ActiveWorkflow,
  type CredentialValues,
  type HeadlessExecution,
  type HeadlessN8n,
} from '../../support/n8n-headless/index.ts';
import { startRtmpServer } from '../../support/rtmp/index.ts';
import {
  encodeAudioClip,
  encodeVideoClip,
  publishAs,
  startRuntime,
  type EncodedClip,
  type InProcessRuntime,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';
import { startOpenAiServer, type OpenAiServer } from '../../support/speech-servers/index.ts';
import { speak, speakAs, wordErrorRate, type Speech } from '../../support/speech/index.ts';

const root = new URL('../../..', import.meta.url);
const LINE = 'we need more water for the garden today';
/** The built-in recogniser mistakes some words, and more on a busy machine. */
const MOST_ERRORS = 0.4;
/** Enough for a file, and for a stream to be watched. */
const CAMERA_FRAMES = 60;

/**
 * Every template of the package is run by n8n's executor against a real runtime with real media, without an n8n server.
 * What an outside service would do is done by stand-ins on this machine.
 */
describe('templates without an n8n server', () => {
  let n8n: HeadlessN8n;
  let runtime: InProcessRuntime;
  let model: OpenAiServer;
  let speech: Speech;
  let camera: EncodedClip[];

  beforeAll(async () => {
    model = await startOpenAiServer({ apiKey: 'stand-in', chat: () => 'The garden needs water.' });
    n8n = await startHeadlessN8n(root.pathname);
    runtime = await startRuntime();
    speech = await speak([{ text: LINE, voice: 'awb' }]);
    camera = await Promise.all([encodeVideoClip('vp8', { seconds: 2 }), encodeAudioClip(2)]);
  });
  afterAll(async () => {
    await runtime[Symbol.asyncDispose]();
    await n8n[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
  });

  /** A template with its triggers listening; `adapt` puts stand-ins where it names services of the world outside. */
  const activate = async (
    name: string,
    others: CredentialValues = {},
    adapt: (parameters: Record<string, unknown>, node: string) => Record<string, unknown> = (parameters) =>
      parameters,
  ): Promise<ActiveWorkflow> => {
    const file = await readFile(new URL(`workflows/${name}.json`, root), 'utf8');
    const template = JSON.parse(file) as WorkflowDocument;
    const nodes = template.nodes.map((node) => ({ ...node, parameters: adapt(node.parameters, node.name) }));
    return await n8n.activate(
      { ...template, nodes },
      { roomflowApi: { baseUrl: runtime.url, apiKey: runtime.serverKey }, ...others },
    );
  };
  const openAi = (): CredentialValues => ({ openAiApi: { apiKey: 'stand-in', url: model.baseUrl } });

  /** What a trigger began, which must have gone well. */
  const through = async (
    workflow: ActiveWorkflow,
    trigger: string,
    number = 1,
  ): Promise<HeadlessExecution> => {
    const execution = await workflow.ended(trigger, number);
    expect(execution).toMatchObject({ status: 'success', error: null });
    return execution;
  };
  const join = async (name: string, ...permissions: ('allow_join' | 'allow_mod')[]) => {
    const { roomId } = await runtime.api.createRoom();
    const guest = await runtime.join(roomId, {
      name,
      participantId: name.toLowerCase(),
      ...(permissions.length === 0 ? {} : { permissions }),
    });
    return { roomId, guest };
  };
  /** Sends camera and microphone for two seconds and goes on meanwhile. */
  const show = async (guest: SignallingParticipant) => {
    const media = await publishAs(guest, { clips: camera });
    await media.sentMore(CAMERA_FRAMES);
    return media;
  };
  const sayLine = async (guest: SignallingParticipant): Promise<void> => {
    await using speaking = await speakAs(guest, speech);
    await speaking.said();
  };
  const happened = async <T extends EventType>(type: T, inRoom: string): Promise<RoomflowEvent<T>> =>
    await runtime.events.event(type, ({ roomId }) => roomId === inRoom);
  const isFile = async (url: unknown): Promise<boolean> => {
    const answer = await fetch(String(url));
    return answer.ok && (await answer.arrayBuffer()).byteLength > 1000;
  };

  it('Create a room and mail-ready join links: three mails, whose links open the room', async () => {
    await using workflow = await activate('create-room-and-join-links');
    const execution = await workflow.execute('Start');
    expect(execution).toMatchObject({ status: 'success', error: null });
    const mails = execution.itemsOf('Mail');
    expect(mails.map(({ to }) => to)).toEqual(['anna@example.com', 'ben@example.com', 'chloe@example.com']);
    const [, link = ''] = /href="([^"]+)"/.exec(String(mails[0]?.['html'])) ?? [];
    expect((await fetch(link)).status).toBe(200);
  });

  it('Record every participant: waits for the guest to leave, and goes on with the file', async () => {
    await using workflow = await activate('record-every-participant');
    const { guest } = await join('Ada');
    await using _media = await show(guest);
    await guest.leave();
    const execution = await through(workflow, 'Participant Joined');
    const [recording] = execution.itemsOf('Recording');
    expect(recording).toMatchObject({ participantName: 'Ada', status: 'completed' });
    expect(Number(recording?.['durationSeconds'])).toBeGreaterThan(1);
    expect(await isFile(recording?.['fileUrl'])).toBe(true);
  });

  it('Room recording with layout change: the picture changes with the screen, and the file comes at the end', async () => {
    await using workflow = await activate('room-recording-layout-change');
    const { roomId, guest } = await join('Ada');
    await using _media = await show(guest);
    await through(workflow, 'Meeting Started');
    await using screen = await publishAs(guest, {
      clips: [await encodeVideoClip('vp8', { source: 'color=red:', seconds: 2 })],
      kinds: ['screen_video'],
    });
    const changed = await happened('composition-changed', roomId);
    expect(changed.data).toMatchObject({ config: { layout: { type: 'SIDEBAR' } } });
    await screen.sentMore(CAMERA_FRAMES);
    await guest.leave();
    const [recording] = (await through(workflow, 'Recording Stopped')).itemsOf('Recording');
    expect(Number(recording?.['durationSeconds'])).toBeGreaterThan(1);
    expect(await isFile(recording?.['fileUrl'])).toBe(true);
  });

  it('Go live: the host’s picture arrives at the platform, and the lower row says that it is live', async () => {
    await using platform = await startRtmpServer();
    await using workflow = await activate(
      'go-live-on-youtube',
      { roomflowStreamKeysApi: { customUrl: platform.url, customSecret: 'host' } },
      // YouTube is not asked from here: the server of the operator takes its place.
      (parameters) => ('platforms' in parameters ? { ...parameters, platforms: ['custom'] } : parameters),
    );
    const { roomId, guest } = await join('Host', 'allow_join', 'allow_mod');
    await using _media = await show(guest);
    const [livestream] = (await through(workflow, 'Host Joined')).itemsOf('Livestream');
    expect(livestream).toMatchObject({ roomId, livestreamId: expect.any(String) as string });
    const states = () =>
      workflow.executions().flatMap((execution) => execution.itemsOf('Message').map(({ state }) => state));
    await expect.poll(states, { timeout: 20_000 }).toContain('live');
    const coHost = await runtime.join(roomId, { name: 'Co-host', permissions: ['allow_join', 'allow_mod'] });
    const second = await through(workflow, 'Host Joined', 2);
    expect(second.itemsOf('RTMP Out')).toMatchObject([
      {
        roomId,
        error: 'The room is live already',
        details: expect.stringContaining('Destination') as string,
      },
    ]);
    expect(second.itemsOf('Livestream')).toEqual([]);
    await coHost.leave();
    await guest.leave();
    await happened('livestream-stopped', roomId);
    expect(await platform.recordings('host')).toHaveLength(1);
  });

  it('Webinar: a stream to watch, a poll whose result goes into the chat, and the recording', async () => {
    await using workflow = await activate('webinar');
    const { roomId, guest } = await join('Host', 'allow_join', 'allow_mod');
    await using media = await show(guest);
    const started = await through(workflow, 'Host Joined');
    const [stream] = started.itemsOf('HLS');
    expect(await (await fetch(String(stream?.['playbackHlsUrl']))).text()).toContain('#EXTM3U');
    const [link] = started.itemsOf('Watch Link');
    expect((await fetch(String(link?.['joinUrl'] ?? link?.['watchUrl']))).status).toBe(200);
    const [poll] = started.itemsOf('Poll');
    await runtime.api.call('POST', `/v2/polls/${String(poll?.['pollId'])}/close`);
    await through(workflow, 'Poll Closed');
    const messages = await runtime.api.messages(roomId);
    expect(messages.map(({ message }) => message).join()).toContain('Result of “How did you hear of us?”');
    await media.sentMore(CAMERA_FRAMES);
    await guest.leave();
    const [recording] = (await through(workflow, 'Recording Stopped')).itemsOf('Recording');
    expect(await isFile(recording?.['fileUrl'])).toBe(true);
  });

  it('Live captions: each thing said at once, and all of it with its files at the end', async () => {
    await using workflow = await activate('live-captions-and-transcript');
    const { roomId, guest } = await join('Ada');
    await sayLine(guest);
    const [caption] = (await through(workflow, 'Said')).itemsOf('Caption');
    expect(wordErrorRate(`Ada ${LINE}`, String(caption?.['caption']))).toBeLessThan(MOST_ERRORS);
    await guest.leave();
    const execution = await through(workflow, 'Session Started');
    expect(execution.itemsOf('Transcript')).toMatchObject([{ roomId, speakers: ['Ada'] }]);
    expect(execution.filesOf('Transcribe')).toEqual(['srt', 'txt']);
  });

  it('Meeting minutes: the transcript goes to the model, and its minutes into the message', async () => {
    await using workflow = await activate('meeting-minutes', openAi());
    const { roomId, guest } = await join('Ada');
    await sayLine(guest);
    await guest.leave();
    const [message] = (await through(workflow, 'Session Started')).itemsOf('Message');
    expect(message).toMatchObject({ subject: `Minutes of ${roomId}`, text: 'The garden needs water.' });
    const asked = JSON.stringify(model.requests.at(-1)?.fields['messages']);
    expect(asked).toContain('minutes of meetings');
    expect(asked).toContain('Ada: ');
  });

  it('Voice agent: what is said goes to the model, and its answer is spoken in the room', async () => {
    await using workflow = await activate('voice-agent', openAi());
    const { roomId, guest } = await join('Ada');
    await through(workflow, 'Guest Joined');
    await sayLine(guest);
    const [played] = (await through(workflow, 'Said')).itemsOf('Play');
    expect(played).toMatchObject({ participantId: 'assistant', text: 'The garden needs water.' });
    const finished = await happened('play-finished', roomId);
    expect(finished.data).toMatchObject({ participantId: 'assistant', status: 'finished' });
    await guest.leave();
  });

  it('Look at the screen share: the picture goes to the model, which says what is on it', async () => {
    await using workflow = await activate('look-at-the-screen-share', openAi());
    const { guest } = await join('Ada');
    await through(workflow, 'Participant Joined');
    await using _screen = await publishAs(guest, {
      clips: [await encodeVideoClip('vp8', { source: 'color=red:', seconds: 2 })],
      kinds: ['screen_video'],
    });
    expect((await through(workflow, 'Picture')).itemsOf('Seen')).toMatchObject([
      { participantName: 'Ada', seen: 'The garden needs water.' },
    ]);
    const asked = JSON.stringify(model.requests.at(-1)?.fields['messages']);
    expect(asked).toContain('data:image/jpeg;base64,');
    await guest.leave();
  });

  it('Run a whole meeting as one graph: handed over once, it records, streams and writes down by itself', async () => {
    await using workflow = await activate('run-a-meeting-as-one-graph');
    const begun = await workflow.execute('Start');
    expect(begun).toMatchObject({ status: 'success', error: null });
    const [ready] = begun.itemsOf('Ready');
    const roomId = String(ready?.['roomId']);
    const guest = await runtime.join(roomId, { name: 'Ada', participantId: 'ada' });
    await using _media = await show(guest);
    const [message] = (await through(workflow, 'Graph Changed')).itemsOf('Message');
    expect(message).toMatchObject({ state: 'running' });
    await happened('hls-playable', roomId);
    await guest.leave();
    const [recording] = (await through(workflow, 'Recorded')).itemsOf('Recording');
    expect(recording).toMatchObject({ participantId: 'ada' });
    expect(await isFile(recording?.['fileUrl'])).toBe(true);
  });
});
