import { describe, expect, it } from 'vitest';
import { RoomflowError, type Graph, type GraphInstance } from '../../../runtime/contract/index.ts';
import { graphItem } from '../../../nodes/RunGraph/graph-item.ts';
import { parseDocument } from '../../../nodes/RunGraph/read-document.ts';
import { isOver } from '../../../nodes/RunGraph/resume.ts';
import { isWaiting } from '../../../nodes/RunGraph/run-and-wait.ts';
import { errorOfAnswer } from '../../../nodes/shared/transport/index.ts';

const began = '2026-05-04T09:00:00.000Z';
const later = '2026-05-04T09:30:00.000Z';
const graph: Graph = {
  id: 'grf-1',
  graphId: 'grf-1',
  name: 'Record every guest',
  description: '',
  enabled: true,
  roomId: null,
  revision: 1,
  document: { version: 1, name: 'Record every guest', nodes: {} },
  runningInstances: 0,
  createdAt: began,
  updatedAt: began,
};
const instance = (endedAt: string | null, startedAt = began): GraphInstance => ({
  id: 'gri-1',
  instanceId: 'gri-1',
  graphId: 'grf-1',
  graphName: 'Record every guest',
  revision: 1,
  roomId: 'room-a',
  sessionId: 'session-1',
  nodeId: 'joined',
  scope: 'participant',
  scopeId: 'anna',
  event: { id: 'evt-1', type: 'participant-joined', at: began, data: {} },
  state: endedAt === null ? 'running' : 'finished',
  reason: '',
  startedAt,
  endedAt,
  nodes: [],
});

describe('a graph that is waited for', () => {
  it('is not over before anything of it has run', () => {
    expect(isOver(graph, [], began)).toBe(false);
  });

  it('is not over while somebody’s part of it runs', () => {
    expect(isOver(graph, [instance(later), instance(null)], began)).toBe(false);
  });

  it('is over when something has run since then and nothing runs', () => {
    expect(isOver(graph, [instance(later)], began)).toBe(true);
  });

  it('stays over when something new has begun before n8n was told', () => {
    expect(isOver(graph, [instance(later), instance(null, '2026-05-04T09:30:00.001Z')], began)).toBe(true);
  });

  it('is not over for what ended before it was waited for', () => {
    expect(isOver(graph, [instance(began)], later)).toBe(false);
  });

  it('is over when it is disabled and nothing runs, since nothing will', () => {
    expect(isOver({ ...graph, enabled: false }, [], began)).toBe(true);
  });

  it('is told from the item of another node by what it holds', () => {
    expect(isWaiting({ ...graphItem(graph), status: 'running', runsSince: began })).toBe(true);
    expect(isWaiting(graphItem(graph))).toBe(false);
  });
});

describe('a graph document in a field', () => {
  it('may be JSON or the value itself', () => {
    expect(parseDocument('{"version":1}')).toEqual({ value: { version: 1 } });
    expect(parseDocument({ version: 1 })).toEqual({ value: { version: 1 } });
  });

  it('says why a text is no JSON', () => {
    expect(parseDocument('{"version":')).toEqual({ fault: expect.stringContaining('JSON') as string });
  });
});

describe('a graph that the runtime refuses', () => {
  it('shows each problem with its place and what to write instead', () => {
    const refusal = new RoomflowError('invalid-graph', 'The graph has 2 problems.', {
      details: [
        { pointer: '/nodes/file/do', message: 'is no step; received "recrd"', suggestion: 'record' },
        { pointer: '/nodes/file/from', message: 'names no node; received "joind"', suggestion: null },
      ],
    });
    const { message, description } = errorOfAnswer(refusal.status, refusal.toBody(), 'http://127.0.0.1:7890');
    expect(message).toBe('The graph is not valid');
    expect(description).toBe(
      '/nodes/file/do is no step; received "recrd". Did you mean “record”? /nodes/file/from names no node; received "joind".',
    );
  });
});
