import type { Diagram, DiagramEdge, DiagramNode } from '../../../runtime/diagram/index.ts';

export const node = (
  id: string,
  kind: DiagramNode['kind'],
  changes: Partial<DiagramNode> = {},
): DiagramNode => ({ id, kind, label: id, detail: '', state: '', ...changes });

export const edge = (from: string, to: string, changes: Partial<DiagramEdge> = {}): DiagramEdge => ({
  id: `${from}>${to}`,
  from,
  to,
  label: '',
  ...changes,
});

/** Two people with microphone and camera, each recorded, and a composition that is broadcast. */
export const meeting = (): Diagram => {
  const people = ['ada', 'bob'];
  const tracks = people.flatMap((person) => ['audio', 'video'].map((kind) => ({ person, kind })));
  return {
    nodes: [
      ...people.map((person) => node(person, 'person', { state: 'connected' })),
      ...tracks.map(({ person, kind }) => node(`${person}-${kind}`, 'track', { label: kind, state: 'live' })),
      ...people.map((person) => node(`record-${person}`, 'step', { detail: 'one file', state: 'running' })),
      node('compose', 'step', { state: 'running' }),
      node('rtmp', 'step', { state: 'retrying' }),
      ...people.map((person) => node(`file-${person}`, 'asset')),
    ],
    edges: [
      ...tracks.map(({ person, kind }) => edge(person, `${person}-${kind}`)),
      ...tracks.map(({ person, kind }) => edge(`${person}-${kind}`, `record-${person}`, { label: kind })),
      ...tracks.map(({ person, kind }) => edge(`${person}-${kind}`, 'compose')),
      edge('compose', 'rtmp', { label: '1.2 Mbit/s' }),
      ...people.map((person) => edge(`record-${person}`, `file-${person}`)),
    ],
  };
};

/** A session with this many steps: each records one of 25 people's two tracks, and leaves a file. */
export const crowd = (steps: number): Diagram => {
  const nodes: DiagramNode[] = [];
  const edges: DiagramEdge[] = [];
  for (let person = 0; person < 25; person += 1) {
    nodes.push(node(`person-${person}`, 'person', { detail: 'connected' }));
    for (const kind of ['audio', 'video']) {
      nodes.push(node(`track-${person}-${kind}`, 'track'));
      edges.push(edge(`person-${person}`, `track-${person}-${kind}`));
    }
  }
  for (let step = 0; step < steps; step += 1) {
    nodes.push(node(`step-${step}`, 'step', { detail: 'recording' }), node(`file-${step}`, 'asset'));
    for (const kind of ['audio', 'video']) {
      edges.push(edge(`track-${step % 25}-${kind}`, `step-${step}`, { label: kind }));
    }
    edges.push(edge(`step-${step}`, `file-${step}`));
  }
  return { nodes, edges };
};
