import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startN8n, itemsOf, type N8nHost, type WorkflowDocument } from '../../support/n8n-host/index.ts';

const packageDirectory = new URL('../../..', import.meta.url).pathname;

const templates = [
  'record-every-participant',
  'create-room-and-join-links',
  'go-live-on-youtube',
  'webinar',
  'room-recording-layout-change',
  'live-captions-and-transcript',
  'meeting-minutes',
  'voice-agent',
  'look-at-the-screen-share',
  'run-a-meeting-as-one-graph',
] as const;

const load = async (name: (typeof templates)[number]): Promise<WorkflowDocument & { id: string }> =>
  JSON.parse(await readFile(`${packageDirectory}/workflows/${name}.json`, 'utf8')) as WorkflowDocument & {
    id: string;
  };

describe('templates and nodes in the editor', () => {
  let n8n: N8nHost;

  beforeAll(async () => {
    n8n = await startN8n({ packageDirectory });
  });
  afterAll(async () => {
    await n8n.stop();
  });

  it.each(templates)('%s uses nodes that this n8n has, and holds no credential', async (name) => {
    const template = await load(name);
    const known = new Map((await n8n.nodeTypes()).map((type) => [type.name, type]));
    for (const node of template.nodes) {
      expect([...known.keys()], node.name).toContain(node.type);
      expect(node.credentials, node.name).toBeUndefined();
    }
    expect(new Set(template.nodes.map((node) => node.id)).size).toBe(template.nodes.length);
    expect(template.id.length).toBeLessThanOrEqual(21);
  });

  it('shows the whole of the link template with its pinned data, ending in mails ready to be sent', async () => {
    const template = await load('create-room-and-join-links');
    const credential = await n8n.createCredential({
      name: 'Roomflow',
      type: 'roomflowApi',
      data: { baseUrl: 'http://127.0.0.1:1', apiKey: 'k' },
    });
    const nodes = template.nodes.map((node) =>
      node.type.startsWith('n8n-nodes-roomflow.')
        ? { ...node, credentials: { roomflowApi: credential } }
        : node,
    );
    const { id } = await n8n.importWorkflow({ ...template, nodes }, template.id);
    await n8n.run(id, { destination: 'Mail' });
    const [summary] = await n8n.waitForExecutions(id, { atLeast: 1, timeoutMs: 30_000 });
    const mails = itemsOf(await n8n.execution(summary?.id ?? ''), 'Mail');
    expect(mails.map((mail) => [mail['to'], mail['subject']])).toEqual([
      ['anna@example.com', 'Your link for Team meeting'],
      ['ben@example.com', 'Your link for Team meeting'],
      ['chloe@example.com', 'Your link for Team meeting'],
    ]);
    expect(mails[1]?.['html']).toContain('Hello Ben');
    expect(mails[1]?.['html']).toContain('/join/abcd-efgh-ijkl?token=');
    expect(mails[1]?.['text']).toMatch(/works until 5 May 2026/);
  });

  it('shows the whole of the recording template with its pinned data', async () => {
    const template = await load('record-every-participant');
    const { id } = await n8n.importWorkflow(template, template.id);
    await n8n.run(id, { destination: 'Recording' });
    const [summary] = await n8n.waitForExecutions(id, { atLeast: 1, timeoutMs: 30_000 });
    expect(itemsOf(await n8n.execution(summary?.id ?? ''), 'Recording')).toMatchObject([
      { participantName: 'Anna', status: 'completed', durationSeconds: 1260.4 },
    ]);
  });

  it.each([
    { name: 'go-live-on-youtube', last: 'Livestream', shows: { status: 'running', recordingId: 'rec-9c3b' } },
    {
      name: 'go-live-on-youtube',
      last: 'Message',
      shows: { text: 'Livestream of abcd-efgh-ijkl: rtmps://a.rtmps.youtube.com/live2 is live' },
    },
    { name: 'webinar', last: 'Watch Link', shows: { roomId: 'abcd-efgh-ijkl' } },
    { name: 'webinar', last: 'Recording', shows: { durationSeconds: 2886.2 } },
    { name: 'room-recording-layout-change', last: 'Record', shows: { step: 'record', state: 'running' } },
    { name: 'room-recording-layout-change', last: 'Change Layout', shows: { stepId: 'stp-5a02' } },
    {
      name: 'live-captions-and-transcript',
      last: 'Transcript',
      shows: { roomId: 'abcd-efgh-ijkl', speakers: ['Anna', 'Ben'] },
    },
    {
      name: 'live-captions-and-transcript',
      last: 'Caption',
      shows: { caption: 'Anna: shall we move the launch to friday', atSecond: 4 },
    },
    { name: 'meeting-minutes', last: 'Message', shows: { subject: 'Minutes of abcd-efgh-ijkl' } },
    { name: 'voice-agent', last: 'Play', shows: { participantId: 'assistant', status: 'playing' } },
    { name: 'look-at-the-screen-share', last: 'Seen', shows: { participantName: 'Anna' } },
    { name: 'run-a-meeting-as-one-graph', last: 'Ready', shows: { graphId: 'grf-2c71' } },
    {
      name: 'run-a-meeting-as-one-graph',
      last: 'Message',
      shows: { text: 'Whole meeting in abcd-efgh-ijkl: joined is running' },
    },
    { name: 'run-a-meeting-as-one-graph', last: 'Recording', shows: { durationSeconds: 1260.4 } },
  ] as const)('shows $name up to $last with its pinned data', async ({ name, last, shows }) => {
    const template = await load(name);
    const { id } = await n8n.importWorkflow(
      template,
      `${template.id}${last.replace(/\W/g, '')}`.slice(0, 21),
    );
    await n8n.run(id, { destination: last });
    const [summary] = await n8n.waitForExecutions(id, { atLeast: 1, timeoutMs: 30_000 });
    expect(itemsOf(await n8n.execution(summary?.id ?? ''), last)).toMatchObject([shows]);
  });

  it('has all nodes, actions as tools for agents, too, with icons that n8n serves', async () => {
    const ours = (await n8n.nodeTypes()).filter((type) => type.name.startsWith('n8n-nodes-roomflow.'));
    expect(ours.map((type) => type.name.replace('n8n-nodes-roomflow.', '')).sort()).toEqual([
      'createRoom',
      'createRoomTool',
      'hls',
      'hlsTool',
      'meeting',
      'meetingEventTrigger',
      'meetingTool',
      'participantJoinedTrigger',
      'play',
      'playTool',
      'record',
      'recordTool',
      'rtmpOut',
      'rtmpOutTool',
      'runGraph',
      'runGraphTool',
      'trackTap',
      'trackTapTool',
      'transcribe',
      'transcribeTool',
      'transcriptTrigger',
    ]);
    for (const icon of [
      'CreateRoom/createRoom.svg',
      'Record/record.dark.svg',
      'RtmpOut/rtmpOut.svg',
      'Hls/hls.dark.svg',
      'Transcribe/transcribe.svg',
      'TranscriptTrigger/transcript.dark.svg',
      'Play/play.svg',
      'RunGraph/runGraph.svg',
      'RunGraph/runGraph.dark.svg',
    ]) {
      const answer = await fetch(`${n8n.url}/icons/n8n-nodes-roomflow/dist/nodes/${icon}`);
      expect([icon, answer.status]).toEqual([icon, 200]);
    }
  });

  it('has previews of what the nodes put out', async () => {
    for (const schema of [
      'createRoom/1.0.0',
      'record/1.0.0/startAndWait',
      'meeting/1.0.0/joinLink/create',
      'meeting/1.0.0/poll/create',
      'hls/1.0.0/start',
      'rtmpOut/1.0.0/livestream/start',
      'transcribe/1.0.0/post/startAndWait',
      'transcriptTrigger/1.0.0',
      'play/1.0.0/speak',
      'runGraph/1.0.0/run',
    ]) {
      const answer = (await n8n.api('GET', `schemas/n8n-nodes-roomflow.${schema}.json`)) as {
        properties: object;
      };
      expect(Object.keys(answer.properties), schema).toContain('roomId');
    }
  });
});
