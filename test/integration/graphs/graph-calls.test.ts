import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Graph, GraphDocument, GraphInstance, Page } from '../../../runtime/contract/index.ts';
import { startRuntime, type ApiClient, type InProcessRuntime } from '../../support/runtime/index.ts';
import { startReceiver } from '../events/receiver.ts';

let runtime: InProcessRuntime;
beforeAll(async () => {
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

const documentOf = (nodes: GraphDocument['nodes'], name = 'tap whoever joins'): GraphDocument => ({
  version: 1,
  name,
  nodes,
});
const tapWhoJoins = documentOf({
  joined: { on: 'participant-joined' },
  tap: { do: 'tap', from: 'joined', with: { kinds: ['audio'] } },
});
const create = (body: object, api: ApiClient = runtime.api): Promise<Graph> =>
  api.call<Graph>('POST', '/v2/graphs', body);
const instancesOf = async (path: string): Promise<GraphInstance[]> =>
  (await runtime.api.call<Page<GraphInstance>>('GET', `${path}/instances`)).data;
const changed = (graphId: string, to: string) =>
  runtime.events.event('graph-instance-changed', ({ data }) => data.graphId === graphId && data.to === to);

describe('a graph over the API', () => {
  it('is stored, listed, run, disabled, enabled and deleted', async () => {
    const { roomId } = await runtime.api.createRoom();
    const graph = await create({ document: tapWhoJoins, roomId });
    expect(graph).toMatchObject({ name: tapWhoJoins.name, enabled: true, roomId, revision: 1 });
    expect(graph.document).toEqual(tapWhoJoins);
    const path = `/v2/graphs/${graph.id}`;
    await using ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
    await runtime.events.event(
      'step-changed',
      (event) => event.roomId === roomId && event.data.to === 'running',
    );
    const [instance] = await instancesOf(path);
    expect(instance).toMatchObject({
      graphId: graph.id,
      scope: 'participant',
      scopeId: 'ada',
      state: 'running',
      event: { type: 'participant-joined', data: { participantName: 'Ada' } },
      nodes: [{ nodeId: 'tap', step: 'tap', from: 'joined', state: 'running', attempts: 1 }],
    });
    expect(await instancesOf(`/v2/sessions/${ada.sessionId}`)).toEqual([instance]);
    expect(await runtime.api.call('GET', `/v2/graph-instances/${instance!.id}`)).toEqual(instance);
    const list = await runtime.api.call<Page<Graph>>('GET', `/v2/graphs?roomId=${roomId}`);
    expect(list.data.map(({ id, runningInstances }) => [id, runningInstances])).toEqual([[graph.id, 1]]);
    expect(await runtime.api.call('POST', `${path}/disable`)).toMatchObject({ enabled: false });
    expect(await runtime.api.call('POST', `/v2/graph-instances/${instance!.id}/stop`)).toMatchObject({
      state: 'cancelled',
      reason: 'requested',
      nodes: [{ state: 'finished' }],
    });
    expect(await runtime.api.send('POST', `/v2/graph-instances/${instance!.id}/stop`)).toMatchObject({
      status: 409,
      body: { code: 'graph-instance-ended' },
    });
    await runtime.api.call('POST', `${path}/enable`);
    await changed(graph.id, 'running');
    expect(await runtime.api.call('DELETE', path)).toMatchObject({ id: graph.id, deleted: true });
    expect(await runtime.api.send('GET', path)).toMatchObject({
      status: 404,
      body: { code: 'graph-not-found' },
    });
    expect((await instancesOf(`/v2/sessions/${ada.sessionId}`)).map(({ state }) => state)).toEqual([
      'cancelled',
      'cancelled',
    ]);
  });

  it('is refused with everything that is wrong with it', async () => {
    const document = {
      version: 1,
      name: 'wrong',
      nodes: { a: { on: 'participant-join' }, b: { do: 'record' } },
    };
    const answer = await runtime.api.send('POST', '/v2/graphs', { document });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-graph' } });
    const { details } = answer.body as { details: { pointer: string; code: string; suggestion: string }[] };
    expect(details.find(({ pointer }) => pointer === '/nodes/a/on')).toMatchObject({
      code: 'unknown-event',
      received: 'participant-join',
      suggestion: expect.stringContaining('participant-joined') as string,
    });
    expect(details.length).toBeGreaterThan(1);
  });

  it('begins again when it is tried again, until it can begin', async () => {
    const { roomId } = await runtime.api.createRoom();
    const { id } = await create({
      roomId,
      document: documentOf({
        began: { on: 'session-started' },
        file: {
          do: 'record',
          from: 'began',
          with: { participantId: 'speaker' },
          restart: { policy: 'retry', limit: 20, backoffMs: 200 },
        },
      }),
    });
    await using _ada = await runtime.join(roomId, { participantId: 'ada' });
    await expect
      .poll(async () => (await instancesOf(`/v2/graphs/${id}`))[0]?.nodes[0])
      .toMatchObject({
        state: 'waiting',
        stepId: null,
        reason: expect.stringContaining('speaker') as string,
      });
    await using _speaker = await runtime.join(roomId, { participantId: 'speaker' });
    await expect
      .poll(async () => (await instancesOf(`/v2/graphs/${id}`))[0]?.nodes[0], { timeout: 10_000 })
      .toMatchObject({ state: 'running' });
  });

  it('calls back who waits for it, once, when nothing of it runs any more', async () => {
    await using receiver = await startReceiver(() => ({ status: 204 }));
    const { roomId } = await runtime.api.createRoom();
    const { id } = await create({ document: tapWhoJoins, roomId, callbackUrl: receiver.url });
    const ada = await runtime.join(roomId, { participantId: 'ada' });
    await changed(id, 'running');
    await ada.leave();
    await changed(id, 'finished');
    const [request] = await receiver.count(1);
    expect(JSON.parse(request!.body)).toMatchObject({ graphId: id, runningInstances: 0 });
  });
});

describe('who may run graphs', () => {
  it('is a host in its room, and the operator’s own programs in all rooms', async () => {
    const { roomId } = await runtime.api.createRoom();
    const other = await runtime.api.createRoom();
    const as = async (claims: Parameters<typeof runtime.token>[0]): Promise<ApiClient> =>
      runtime.api.as(await runtime.token(claims));
    const guest = await as({ permissions: ['allow_join'] });
    const host = await as({ permissions: ['allow_mod'], roomId });
    const refused = (api: ApiClient, body: object) => api.send('POST', '/v2/graphs', body);
    expect((await refused(guest, { document: tapWhoJoins, roomId })).status).toBe(403);
    expect((await refused(host, { document: tapWhoJoins, roomId: other.roomId })).status).toBe(403);
    const hostOfAll = await as({ permissions: ['allow_mod'] });
    expect((await refused(hostOfAll, { document: tapWhoJoins })).status).toBe(403);
    const program = await as({ roles: ['crawler'] });
    expect((await refused(program, { document: tapWhoJoins, enabled: false })).status).toBe(200);
    expect(
      await refused(host, { document: tapWhoJoins, roomId, callbackUrl: 'https://example.com/' }),
    ).toMatchObject({ status: 403, body: { code: 'unauthorized-request' } });
    const graph = await create({ document: tapWhoJoins, roomId }, host);
    expect(graph.roomId).toBe(roomId);
    expect((await host.send('PATCH', `/v2/graphs/${graph.id}`, { roomId: null })).status).toBe(403);
    expect((await guest.send('DELETE', `/v2/graphs/${graph.id}`)).status).toBe(403);
  });

  it('does not learn addresses that are for the operator’s programs', async () => {
    const { roomId } = await runtime.api.createRoom();
    const document = documentOf({
      joined: { on: 'participant-joined' },
      file: { do: 'record', from: 'joined', with: { callbackUrl: 'https://example.com/resume' } },
      greeting: { do: 'play', from: 'joined', with: { url: 'https://media.test/hello.mp3?signature=4711' } },
    });
    const host = runtime.api.as(await runtime.token({ permissions: ['allow_mod'] }));
    expect((await host.send('POST', '/v2/graphs', { document, roomId })).status).toBe(403);
    const { id } = await create({ document, roomId, enabled: false });
    const shown = await host.call<Graph>('GET', `/v2/graphs/${id}`);
    expect(JSON.stringify(shown)).not.toMatch(/example\.com|4711/);
    expect(shown.document.nodes['greeting']).toMatchObject({ with: { url: 'https://media.test/hello.mp3' } });
    expect(JSON.stringify(await runtime.api.call('GET', `/v2/graphs/${id}`))).toContain('example.com');
  });
});
