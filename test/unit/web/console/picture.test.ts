import { describe, expect, it } from 'vitest';
import type { PictureEdge, PictureNode } from '../../../../runtime/contract/index.ts';
import { diagramOf, withoutEnded } from '../../../../runtime/web/console/picture/diagram-of.ts';
import { foldAlike, leastToFold } from '../../../../runtime/web/console/picture/fold-alike.ts';
import { LivingLayout } from '../../../../runtime/web/console/picture/living-layout.ts';

const edge = (from: string, to: string, more: Partial<PictureEdge> = {}): PictureEdge => ({
  ...{ id: `${from}>${to}`, from, to, label: '' },
  ...{ bitrateBps: null, fps: null, queueDepth: null, dropped: null },
  ...more,
});
const node = (id: string, kind: PictureNode['kind'], more: Partial<PictureNode> = {}): PictureNode => ({
  ...{ id, kind, type: kind === 'step' ? 'record' : 'recording', label: id, detail: '', state: 'running' },
  ...more,
});
const camera = node('camera', 'track', { type: 'video', state: 'live' });
/** Recordings of one camera, each with its file. */
const recordings = (count: number) => {
  const numbers = Array.from({ length: count }, (_, number) => number);
  return {
    nodes: [
      camera,
      ...numbers.map((number) => node(`step${number}`, 'step', { label: 'record' })),
      ...numbers.map((number) => node(`file${number}`, 'asset', { label: 'Recording' })),
    ],
    edges: [
      ...numbers.map((number) => edge('camera', `step${number}`, { bitrateBps: 1000, fps: 30, dropped: 1 })),
      ...numbers.map((number) => edge(`step${number}`, `file${number}`, { bitrateBps: number })),
    ],
  };
};

describe('many steps that are alike', () => {
  it('are one node each for the steps and for what they leave, with their figures added up', () => {
    const { nodes, edges, folds } = foldAlike(recordings(8));
    expect(nodes.map(({ label }) => label)).toEqual(['camera', '8 × record', '8 × Recording']);
    expect(edges.map(({ bitrateBps, fps, dropped }) => ({ bitrateBps, fps, dropped }))).toEqual([
      { bitrateBps: 8000, fps: 30, dropped: 8 },
      { bitrateBps: 28, fps: null, dropped: null },
    ]);
    expect([...folds.values()].map(({ members }) => members.length)).toEqual([8, 8]);
  });

  it('are shown one by one while they are few', () => {
    const few = recordings(leastToFold - 1);
    expect(foldAlike(few)).toMatchObject(few);
  });

  it('are shown one by one when they are unfolded, and only they', () => {
    const { folds } = foldAlike(recordings(8));
    const steps = [...folds.keys()][0]!;
    const { nodes } = foldAlike(recordings(8), new Set([steps]));
    expect(nodes.filter(({ kind }) => kind === 'step')).toHaveLength(8);
  });

  it('leave whoever fares differently standing alone', () => {
    const { nodes, edges } = recordings(8);
    const mixed = nodes.map((each) => (each.id === 'step3' ? { ...each, state: 'retrying' } : each));
    const folded = foldAlike({ nodes: mixed, edges });
    expect(folded.nodes.filter(({ kind }) => kind === 'step').map(({ label }) => label)).toEqual([
      'record',
      '7 × record',
    ]);
  });
});

describe('steps that are over', () => {
  it('can be hidden, with the files that only they have written', () => {
    const { nodes, edges } = recordings(2);
    const ended = nodes.map((each) => (each.id === 'step0' ? { ...each, state: 'finished' } : each));
    expect(withoutEnded({ nodes: ended, edges }).nodes.map(({ id }) => id)).toEqual([
      'camera',
      'step1',
      'file1',
    ]);
  });
});

describe('the layout of a live picture', () => {
  const placesOf = (layout: LivingLayout, picture: ReturnType<typeof recordings>) =>
    layout.place(diagramOf(picture).diagram);

  it('stands still while figures, details and states change', () => {
    const layout = new LivingLayout();
    const before = placesOf(layout, recordings(3));
    const { nodes, edges } = recordings(3);
    const after = placesOf(layout, {
      nodes: nodes.map((each) => ({ ...each, state: 'retrying' })),
      edges: edges.map((each) => ({ ...each, bitrateBps: 987_654, dropped: 9 })),
    });
    const places = ({ nodes: placed }: typeof before) => placed.map(({ id, x, y }) => ({ id, x, y }));
    expect(places(after)).toEqual(places(before));
    expect(new Set(after.nodes.map(({ state }) => state))).toEqual(new Set(['retrying']));
  });

  it('keeps room for figures that are not known for a moment', () => {
    const layout = new LivingLayout();
    const measured = placesOf(layout, recordings(2));
    const { nodes, edges } = recordings(2);
    const unknown = placesOf(layout, {
      nodes,
      edges: edges.map((each) => ({ ...each, bitrateBps: null, fps: null, dropped: null })),
    });
    expect(unknown.width).toBe(measured.width);
  });

  it('makes room for what comes', () => {
    const layout = new LivingLayout();
    placesOf(layout, recordings(2));
    expect(placesOf(layout, recordings(3)).nodes).toHaveLength(7);
  });
});
