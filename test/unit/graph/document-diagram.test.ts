import { describe, expect, it } from 'vitest';
import type { GraphDocument } from '../../../runtime/contract/index.ts';
import { documentDiagram } from '../../../runtime/graph/index.ts';

const document: GraphDocument = {
  version: 1,
  name: 'Hosts on file',
  nodes: {
    joined: {
      on: 'participant-joined',
      where: { participantName: ['Ada*', 'Bob'], metaData: { role: 'host' } },
    },
    lowered: { on: 'hand-lowered' },
    voice: { do: 'tap', from: 'joined', with: { participantId: '$joined.participantId', kinds: ['audio'] } },
    file: { do: 'record', from: 'voice.audio', with: { fileFormat: 'ogg' }, until: 'lowered' },
    picture: {
      do: 'compose',
      from: 'joined',
      with: { config: { layout: { type: 'GRID' }, quality: 'high' } },
    },
    live: {
      do: 'rtmp',
      from: 'picture',
      with: { outputs: [{ url: 'rtmp://live.example/app', streamKey: 'live_secret' }] },
    },
  },
};

describe('documentDiagram', () => {
  const { nodes, edges } = documentDiagram(document);
  const node = (id: string) => nodes.find((each) => each.id === id)!;

  it('shows events with what they wait for, and steps with what they do', () => {
    expect(node('joined')).toMatchObject({
      kind: 'event',
      label: 'joined',
      detail: 'participant-joined · participantName Ada* or Bob · metaData role host',
    });
    expect(node('voice')).toMatchObject({ kind: 'step', type: 'tap', detail: 'tap · audio' });
    expect(node('file')).toMatchObject({ detail: 'record · ogg' });
    expect(node('picture')).toMatchObject({ detail: 'compose · GRID · high' });
  });

  it('leads an edge from each event to what it starts, and from what feeds to what is fed, with its port', () => {
    expect(edges.filter(({ isEnd }) => !isEnd).map(({ from, to, label }) => [from, to, label])).toEqual([
      ['joined', 'voice', ''],
      ['voice', 'file', 'audio'],
      ['joined', 'picture', ''],
      ['picture', 'live', ''],
    ]);
  });

  it('leads a broken edge from an event to what it ends', () => {
    expect(edges.filter(({ isEnd }) => isEnd)).toEqual([
      { id: 'lowered|file', from: 'lowered', to: 'file', label: 'until', isEnd: true },
    ]);
  });

  it('shows no stream key', () => {
    expect(node('live').detail).toBe('rtmp · 1 destination');
    expect(JSON.stringify({ nodes, edges })).not.toContain('live_secret');
  });
});
