import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  curveOf,
  layOut,
  shortenText,
  textStyles,
  textWidth,
  type Diagram,
  type PlacedDiagram,
  type PlacedNode,
} from '../../../runtime/diagram/index.ts';
import { crowd, edge, meeting, node } from './diagrams.ts';

const at = (placed: PlacedDiagram, id: string): PlacedNode => placed.nodes.find((each) => each.id === id)!;

const overlaps = ({ nodes }: PlacedDiagram): string[] =>
  nodes.flatMap((a, index) =>
    nodes
      .slice(index + 1)
      .filter(
        (b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
      )
      .map((b) => `${a.id} over ${b.id}`),
  );

/** Pairs of one column, as "upper above lower". */
const vertical = ({ nodes }: PlacedDiagram): Set<string> =>
  new Set(
    nodes.flatMap((a) =>
      nodes
        .filter(
          (b) => a !== b && Math.round(a.x + a.width / 2) === Math.round(b.x + b.width / 2) && a.y < b.y,
        )
        .map((b) => `${a.id} above ${b.id}`),
    ),
  );

describe('layOut', () => {
  it('puts people, tracks, steps and assets into columns from the left to the right', () => {
    const placed = layOut(meeting());
    const left = (id: string): number => at(placed, id).x;
    expect(left('ada')).toBeLessThan(left('ada-audio'));
    expect(left('ada-audio')).toBeLessThan(left('record-ada'));
    expect(left('record-ada')).toBeLessThan(left('file-ada'));
    expect(left('compose')).toBeLessThan(left('rtmp'));
    expect(left('rtmp')).toBeLessThan(left('file-ada'));
    expect(left('record-bob')).toBe(left('record-ada'));
    expect(left('file-bob')).toBe(left('file-ada'));
  });

  it('lets no node overlap another, and none stand outside', () => {
    const placed = layOut(meeting());
    expect(overlaps(placed)).toEqual([]);
    for (const { x, y, width, height } of placed.nodes) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(placed.width);
      expect(y + height).toBeLessThanOrEqual(placed.height);
    }
  });

  it('leads each edge from the right side of one node to the left side of the other', () => {
    const placed = layOut(meeting());
    for (const { from, to, points } of placed.edges) {
      const [source, target] = [at(placed, from), at(placed, to)];
      expect(points[0]).toEqual({ x: source.x + source.width, y: source.y + source.height / 2 });
      expect(points.at(-1)).toEqual({ x: target.x, y: target.y + target.height / 2 });
    }
  });

  it('leads an edge that is long past the nodes between, not through them', () => {
    const placed = layOut(meeting());
    const crossed = placed.edges.flatMap(({ id, points }) =>
      points
        .slice(1, -1)
        .filter((point) =>
          placed.nodes.some(
            ({ x, y, width, height }) =>
              point.x > x && point.x < x + width && point.y > y && point.y < y + height,
          ),
        )
        .map(() => id),
    );
    expect(crossed).toEqual([]);
  });

  it('keeps room for the label of an edge, and for labels that change as much as is asked for', () => {
    const placed = layOut(meeting(), { edgeLabels: { widthPx: 200, lines: 2 } });
    const { labelAt } = placed.edges.find(({ id }) => id === 'compose>rtmp')!;
    const [compose, rtmp] = [at(placed, 'compose'), at(placed, 'rtmp')];
    expect(rtmp.x - compose.x - compose.width).toBeGreaterThanOrEqual(200);
    expect(labelAt!.x - 100).toBeGreaterThanOrEqual(compose.x + compose.width);
    expect(labelAt!.x + 100).toBeLessThanOrEqual(rtmp.x);
    expect(placed.edges.find(({ id }) => id === 'ada>ada-audio')!.labelAt).toBeNull();
  });

  it('keeps the order of the diagram where no edges need to cross for it', () => {
    const placed = layOut({
      nodes: ['joined', 'b', 'a', 'started', 'd', 'c'].map((id) =>
        node(id, id.length > 1 ? 'event' : 'step'),
      ),
      edges: [edge('joined', 'b'), edge('joined', 'a'), edge('started', 'd'), edge('started', 'c')],
    });
    const heights = ['b', 'a', 'd', 'c'].map((id) => at(placed, id).y);
    expect(heights).toEqual(heights.toSorted((first, second) => first - second));
  });

  it('gives a step that nothing feeds a place among the steps', () => {
    const { nodes, edges } = meeting();
    const placed = layOut({
      nodes: [...nodes, node('play', 'step')],
      edges: [...edges, edge('play', 'ada')],
    });
    expect(at(placed, 'play').x).toBe(at(placed, 'record-ada').x);
  });

  it('lets an edge that ends a step come in beside the one that feeds it', () => {
    const placed = layOut({
      nodes: [node('joined', 'event'), node('left', 'event'), node('file', 'step')],
      edges: [edge('joined', 'file'), edge('left', 'file', { label: 'until', isEnd: true })],
    });
    const [fed, ended] = placed.edges.map(({ points }) => points.at(-1)!);
    expect(ended!.x).toBe(fed!.x);
    expect(Math.abs(ended!.y - fed!.y)).toBeGreaterThan(5);
  });

  it('draws what is played into the room backwards: from the step to the person on its left', () => {
    const placed = layOut({
      nodes: [node('play', 'step'), node('voice', 'person')],
      edges: [edge('play', 'voice')],
    });
    const [play, voice] = [at(placed, 'play'), at(placed, 'voice')];
    expect(voice.x).toBeLessThan(play.x);
    const { points } = placed.edges[0]!;
    expect(points[0]!.x).toBe(play.x);
    expect(points.at(-1)!.x).toBe(voice.x + voice.width);
  });

  it('keeps who stood above another above it when somebody comes or goes', () => {
    const before = layOut(meeting());
    const { nodes, edges } = meeting();
    const changed: Diagram = {
      nodes: [
        node('cy', 'person'),
        node('cy-video', 'track'),
        ...nodes.filter(({ id }) => id !== 'bob-audio'),
      ],
      edges: [edge('cy', 'cy-video'), edge('cy-video', 'compose'), ...edges],
    };
    const after = layOut(changed, { previous: before });
    const pairs = vertical(after);
    const stayed = new Set(after.nodes.map(({ id }) => id));
    for (const pair of vertical(before)) {
      const [upper = '', lower = ''] = pair.split(' above ');
      if (stayed.has(upper) && stayed.has(lower)) {
        expect(pairs).toContain(pair);
      }
    }
    expect(overlaps(after)).toEqual([]);
  });

  it('moves nothing when only states and details change', () => {
    const before = layOut(meeting());
    const { nodes, edges } = meeting();
    const after = layOut(
      { nodes: nodes.map((each) => ({ ...each, state: 'failed' })), edges },
      { previous: before },
    );
    const places = ({ nodes: placed }: PlacedDiagram) => placed.map(({ id, x, y }) => ({ id, x, y }));
    expect(layOut(meeting())).toEqual(before);
    expect(vertical(after)).toEqual(vertical(before));
    const again = layOut({ nodes, edges }, { previous: after });
    expect(places(again)).toEqual(places(after));
  });

  it('takes a circle, an edge to nowhere, a node of its own and nothing at all', () => {
    expect(layOut({ nodes: [], edges: [] }).nodes).toEqual([]);
    const placed = layOut({
      nodes: [node('a', 'step'), node('b', 'step'), node('alone', 'asset')],
      edges: [edge('a', 'b'), edge('b', 'a'), edge('a', 'a'), edge('a', 'nowhere')],
    });
    expect(placed.nodes).toHaveLength(3);
    expect(placed.edges.map(({ id }) => id)).toEqual(['a>b', 'b>a']);
    expect(overlaps(placed)).toEqual([]);
  });

  it('takes names that mean something to a program', () => {
    const ids = ['constructor', '__proto__', 'toString', 'node a'];
    const placed = layOut({
      nodes: [node('first', 'event'), ...ids.map((id) => node(id, 'step'))],
      edges: ids.map((id) => edge('first', id)),
    });
    expect(placed.nodes.map(({ id }) => id)).toEqual(['first', ...ids]);
    expect(placed.edges.every(({ points }) => points.length >= 2)).toBe(true);
    expect(overlaps(placed)).toEqual([]);
  });

  it('lays any diagram out without an overlap, and again after it has changed', () => {
    const kinds = ['event', 'person', 'track', 'step', 'asset'] as const;
    const ids = fc.oneof(
      fc.integer({ min: 0, max: 11 }).map(String),
      fc.constantFrom('constructor', '__proto__'),
    );
    const diagrams = fc
      .record({
        nodes: fc.uniqueArray(
          fc.record({ id: ids, kind: fc.constantFrom(...kinds), label: fc.string({ maxLength: 60 }) }),
          { selector: ({ id }) => id, maxLength: 12 },
        ),
        edges: fc.array(fc.record({ from: ids, to: ids, label: fc.constantFrom('', 'video') }), {
          maxLength: 24,
        }),
      })
      .map(({ nodes, edges }) => ({
        nodes: nodes.map(({ id, kind, label }) => node(id, kind, { label })),
        edges: edges.map(({ from, to, label }, index) => edge(from, to, { id: `edge-${index}`, label })),
      }));
    fc.assert(
      fc.property(diagrams, diagrams, (first, second) => {
        const before = layOut(first);
        const after = layOut(second, { previous: before });
        expect([...overlaps(before), ...overlaps(after)]).toEqual([]);
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it('copes with 200 steps, their people, tracks and files', () => {
    const diagram = crowd(200);
    const placed = layOut(diagram);
    expect(overlaps(placed)).toEqual([]);
    const spentMs = Array.from({ length: 5 }, () => {
      const before = process.cpuUsage();
      layOut(diagram, { previous: placed });
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    });
    // 40 ms when it was measured; a machine that does other things beside it takes several times as long.
    expect(Math.min(...spentMs)).toBeLessThan(400);
  });
});

describe('curveOf', () => {
  it('goes through all points, level at each', () => {
    expect(
      curveOf([
        { x: 0, y: 10 },
        { x: 100, y: 30 },
        { x: 140, y: 30 },
      ]),
    ).toBe('M0 10C50 10 50 30 100 30H140');
  });
});

describe('shortenText', () => {
  it('leaves what fits, and ends what does not with an ellipsis within the width', () => {
    expect(shortenText('audio', textStyles.label, 100)).toBe('audio');
    const short = shortenText('A very long name of somebody who likes long names', textStyles.label, 120);
    expect(short).toMatch(/^A very.*…$/);
    expect(textWidth(short, textStyles.label)).toBeLessThanOrEqual(120);
  });

  it('breaks no emoji and no accent apart', () => {
    expect(shortenText('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', textStyles.label, 140)).toMatch(/^(👩‍👩‍👧‍👦)*…$/u);
  });
});
