import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validateDocument } from '../../../../runtime/graph/documents/index.ts';
import { fromWorkflow, type FromWorkflow } from '../../../../runtime/graph/from-workflow/index.ts';

const folder = new URL('../../../../workflows/', import.meta.url);
const convert = (name: string): FromWorkflow =>
  fromWorkflow(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')));

const host = { on: 'participant-joined', where: { mode: 'SEND_AND_RECV', permissions: 'allow_mod' } };
const guest = { on: 'participant-joined', where: { mode: 'SEND_AND_RECV' } };

/** The nodes that each template becomes; null: it holds nothing that a graph can do. */
const golden: Record<string, Record<string, unknown> | null> = {
  'create-room-and-join-links': null,
  'go-live-on-youtube': {
    hostJoined: { ...host, scope: 'session' },
    rtmpOut: {
      do: 'rtmp',
      from: 'hostJoined',
      with: {
        outputs: [{ url: 'rtmps://a.rtmps.youtube.com/live2' }],
        config: { layout: { type: 'GRID' }, recording: { enabled: true } },
      },
    },
  },
  'live-captions-and-transcript': {
    sessionStarted: { on: 'session-started' },
    transcribe: { do: 'transcribe', from: 'sessionStarted' },
  },
  'look-at-the-screen-share': {
    participantJoined: guest,
    trackTap: {
      do: 'tap',
      from: 'participantJoined',
      with: {
        participantId: '$participantJoined.participantId',
        kinds: ['screen_video'],
        frames: { kind: 'screen_video', everyMs: 10_000, onSceneChange: false, maxWidth: 1280 },
      },
    },
  },
  'meeting-minutes': {
    sessionStarted: { on: 'session-started' },
    transcribe: { do: 'transcribe', from: 'sessionStarted' },
  },
  'record-every-participant': {
    participantJoined: guest,
    trackTap: {
      do: 'tap',
      from: 'participantJoined',
      with: { participantId: '$participantJoined.participantId', kinds: ['audio', 'video'] },
    },
    record: { do: 'record', from: 'trackTap', with: { mode: 'video-and-audio' } },
  },
  'room-recording-layout-change': {
    meetingStarted: { on: 'session-started' },
    record: {
      do: 'record',
      from: 'meetingStarted',
      with: { source: 'room', config: { layout: { type: 'GRID' } } },
    },
  },
  'run-a-meeting-as-one-graph': null,
  'voice-agent': {
    guestJoined: { ...guest, scope: 'session' },
    transcribe: { do: 'transcribe', from: 'guestJoined' },
  },
  webinar: {
    hostJoined: { ...host, scope: 'session' },
    hls: {
      do: 'hls',
      from: 'hostJoined',
      with: { config: { layout: { type: 'SIDEBAR' }, recording: { enabled: true } } },
    },
  },
};

/** Where a person has to fill in what a document cannot take from n8n. */
const missing: Record<string, string[]> = { 'go-live-on-youtube': ['/nodes/rtmpOut/with/outputs/0'] };

describe('the templates as graph documents', () => {
  it('are all looked at here', () => {
    const templates = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
    expect(templates.sort()).toEqual(Object.keys(golden).sort());
  });

  it.each(Object.entries(golden))('%s', (name, nodes) => {
    const { document } = convert(name);
    expect(document.nodes).toEqual(nodes ?? {});
    if (nodes !== null) {
      expect(validateDocument(document).map(({ pointer }) => pointer)).toEqual(missing[name] ?? []);
    }
  });

  it.each(Object.keys(golden))('%s: what is not in the document is named with a reason', (name) => {
    const { document, notCarried } = convert(name);
    const template = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as {
      nodes: { name: string; type: string }[];
    };
    const plain = (text: string): string => text.replace(/\W/g, '').toLowerCase();
    const told = new Set([...notCarried.map(({ node }) => node), ...Object.keys(document.nodes)].map(plain));
    const nodes = template.nodes.filter(({ type }) => !type.endsWith('stickyNote'));
    expect(nodes.filter((node) => !told.has(plain(node.name)))).toEqual([]);
    expect(notCarried.filter(({ reason }) => reason.length < 10)).toEqual([]);
  });

  it('says where the stream key goes that only n8n knows', () => {
    expect(convert('go-live-on-youtube').notCarried).toContainEqual({
      node: 'RTMP Out',
      reason: 'the stream key of YouTube is in an n8n credential; put it into with.outputs[0].streamKey',
    });
  });

  it('says why what comes after a pause cannot be carried over', () => {
    expect(convert('webinar').notCarried).toContainEqual({
      node: 'Poll',
      reason: 'it comes after “Five Minutes”, and a graph waits for events, not for a time',
    });
  });
});
