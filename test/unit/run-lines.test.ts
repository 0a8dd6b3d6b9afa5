import { expect, it } from 'vitest';
import type { GraphInstance, RoomflowEvent } from '../../runtime/contract/index.ts';
import { assetLine, assetsOf, instanceLine, stepLine } from '../../runtime/run-lines.ts';

const at = '2026-11-26T10:20:30.400Z';
const instance: GraphInstance = {
  ...{ id: 'gin_1', instanceId: 'gin_1', graphId: 'grf_1', graphName: 'record', revision: 1 },
  ...{
    roomId: 'abcd-efgh-ijkl',
    sessionId: 'session',
    nodeId: 'joined',
    scope: 'participant',
    scopeId: 'ada',
  },
  event: { id: 'event', type: 'participant-joined', at, data: { participantName: 'Ada' } },
  ...{ state: 'running', reason: '', startedAt: at, endedAt: null },
  nodes: [
    {
      ...{ nodeId: 'file', step: 'record', from: 'joined', stepId: 'stp_1', state: 'running', attempts: 2 },
      ...{ reason: '', nextAttemptAt: null },
    },
  ],
};
const file = instance.nodes[0]!;
const event = <T extends RoomflowEvent['type']>(type: T, data: object): RoomflowEvent<T> =>
  ({ type, at, data }) as unknown as RoomflowEvent<T>;

it('says when, in which room, for whom and what', () => {
  const changed = { from: 'starting', to: 'running', reason: 'requested' };
  expect(instanceLine(instance, event('graph-instance-changed', { ...changed, to: 'stopping' }))).toBe(
    '10:20:30 abcd-efgh-ijkl joined Ada (participant ada): stopping (requested)',
  );
  expect(stepLine(instance, file, event('step-changed', changed))).toBe(
    '10:20:30 abcd-efgh-ijkl joined Ada (participant ada): file (record, attempt 2) running (requested)',
  );
  const told = event('participant-recording-stopped', {});
  expect(assetLine(instance, file, told, '/data/a.webm')).toBe(
    '10:20:30 abcd-efgh-ijkl joined Ada (participant ada): file → /data/a.webm',
  );
});

it('keeps what guests call themselves within the line, and their escape sequences from the terminal', () => {
  const called = {
    ...instance,
    event: { ...instance.event, data: { participantName: 'Ada\u001b[2J\n10:20:31 all is well' } },
  };
  const changed = { from: 'starting', to: 'running', reason: 'requested' };
  expect(stepLine(called, file, event('step-changed', changed))).toBe(
    String.raw`10:20:30 abcd-efgh-ijkl joined Ada\u001b[2J\u000a10:20:31 all is well (participant ada): file (record, attempt 2) running (requested)`,
  );
});

it('names every file and address that an event tells of', () => {
  const files = [{ filePath: '/a.webm' }, { filePath: '/b.webm' }];
  expect(assetsOf(event('participant-recording-stopped', { fileDetails: files }))).toEqual([
    '/a.webm',
    '/b.webm',
  ]);
  expect(assetsOf(event('hls-playable', { playbackHlsUrl: 'http://x/index.m3u8' }))).toEqual([
    'http://x/index.m3u8',
  ]);
  const paths = { json: 'http://x/transcript.json', srt: 'http://x/transcript.srt' };
  expect(assetsOf(event('transcription-completed', { transcriptionFilePaths: paths }))).toEqual(
    Object.values(paths),
  );
  expect(assetsOf(event('tap-frame', { filePath: '/frame.jpg' }))).toEqual(['/frame.jpg']);
  expect(assetsOf(event('step-changed', {}))).toEqual([]);
});
