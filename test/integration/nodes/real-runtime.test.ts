import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itemsOf } from '../../support/n8n-host/index.ts';
import { byId, ours, startN8nWithRuntime, type N8nWithRuntime } from './support/n8n-with-runtime.ts';
import { SignalledGuest } from './support/signalled-guest.ts';
import { chain, type NodeSpec } from './support/workflow.ts';

describe('nodes with the real runtime', () => {
  let host: N8nWithRuntime;

  beforeAll(async () => {
    host = await startN8nWithRuntime();
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  it('tests the credential with a call that needs the key', async () => {
    const { n8n, credential } = host;
    const { url, runtime } = host.runtime();
    const data = (apiKey: string) => ({ baseUrl: url, apiKey });
    const test = async (apiKey: string) =>
      await n8n.testCredential(credential, { name: 'Roomflow', type: 'roomflowApi', data: data(apiKey) });
    expect(await test(runtime.keys.serverKey)).toMatchObject({ ok: true });
    expect(await test('not-the-key-of-this-runtime')).toMatchObject({ ok: false });
  });

  it('creates a room, uses it again for the same ID, and says so when it is closed', async () => {
    const { roomId, joinUrl } = await host.makeRoom('standup');
    expect(joinUrl).toContain('/join/');
    const create = ours('Create', 'createRoom', { customRoomId: 'standup', addJoinLink: false });
    expect(await host.only(create)).toMatchObject([{ roomId, customRoomId: 'standup', status: 'enabled' }]);
    await host.only(ours('Close', 'meeting', { resource: 'room', operation: 'close', room: byId(roomId) }));
    expect((await host.run(create)).error).toBe('The room with this ID is closed');
  });

  it('lists live rooms first and who is in them, and empty lists rather than errors when nobody is', async () => {
    const quiet = await host.makeRoom('quiet');
    const live = await host.makeRoom('live');
    const pick = async (method: string, parameters: Record<string, unknown>, filter?: string) => {
      const { results } = await host.n8n.listSearch({
        nodeType: { name: 'n8n-nodes-roomflow.record', version: 1 },
        parameter:
          method === 'searchRooms' ? 'room' : method === 'searchParticipants' ? 'participant' : 'step',
        method,
        parameters,
        credentials: { roomflowApi: host.credential },
        ...(filter === undefined ? {} : { filter }),
      });
      return results.map(({ name, value }) => ({ name, value }));
    };
    const inLive = { room: byId(live.roomId) };
    expect(await pick('searchParticipants', inLive)).toEqual([]);
    expect(await pick('searchRecordSteps', inLive)).toEqual([]);
    // Stop shows no Room field.
    expect(await pick('searchRecordSteps', { operation: 'stop' })).toEqual([]);
    const guest = await SignalledGuest.join(live.joinUrl, { name: 'Ann', participantId: 'ann' });
    expect((await pick('searchRooms', {}))[0]).toEqual({ name: 'live (1 person in it)', value: live.roomId });
    expect(await pick('searchRooms', {}, 'QUI')).toEqual([{ name: 'quiet', value: quiet.roomId }]);
    expect(await pick('searchParticipants', inLive)).toEqual([{ name: 'Ann (ann)', value: 'ann' }]);
    expect(await pick('searchParticipants', { room: byId('={{ $json.roomId }}') })).toEqual([
      { name: 'Ann (ann) in live', value: 'ann' },
    ]);
    await guest.leave();
  });

  it('makes personal links, lists participants, writes to them, closes and reopens the room', async () => {
    const { roomId } = await host.makeRoom('managed');
    const room = byId(roomId);
    const [link] = await host.only(
      ours('Link', 'meeting', { resource: 'joinLink', room, guestName: 'Ben', rights: 'moderate' }),
    );
    expect(link).toMatchObject({ roomId, guestName: 'Ben', permissions: ['allow_join', 'allow_mod'] });
    const ben = await SignalledGuest.join(String(link?.['joinUrl']), { name: 'Ben', participantId: 'ben' });

    const listed = await host.only(
      ours('List', 'meeting', { resource: 'participant', operation: 'getAll', room }),
    );
    expect(listed).toMatchObject([
      { roomId, participantId: 'ben', participantName: 'Ben', isModerator: true },
    ]);
    await host.only(
      ours('Send', 'meeting', { resource: 'message', operation: 'send', room, message: 'We start.' }),
    );
    expect((await ben.notified('message')).data).toMatchObject({ message: 'We start.', senderName: 'n8n' });
    expect(
      await host.only(ours('Messages', 'meeting', { resource: 'message', operation: 'getAll', room })),
    ).toMatchObject([{ message: 'We start.' }]);

    const muted = await host.run(
      ours('Mute', 'meeting', { resource: 'participant', operation: 'mute', room, participant: byId('ben') }),
    );
    expect(muted.error).toBe('The participant does not publish this track');
    await host.only(
      ours('Remove', 'meeting', {
        resource: 'participant',
        operation: 'remove',
        room,
        participant: byId('ben'),
      }),
    );
    expect((await ben.notified('removed')).data).toMatchObject({ code: 'participant-removed' });

    const sessions = await host.only(
      ours('Sessions', 'meeting', { resource: 'session', operation: 'getAll' }),
    );
    expect(sessions.some((session) => session['roomId'] === roomId)).toBe(true);
    expect(
      await host.only(ours('Close', 'meeting', { resource: 'room', operation: 'close', room })),
    ).toMatchObject([{ status: 'disabled' }]);
    expect(
      await host.only(ours('Reopen', 'meeting', { resource: 'room', operation: 'reopen', room })),
    ).toMatchObject([{ status: 'enabled' }]);
  });

  it('admits from the lobby', async () => {
    const { roomId } = await host.makeRoom('lobby');
    const room = byId(roomId);
    const [link] = await host.only(
      ours('Link', 'meeting', { resource: 'joinLink', room, guestName: '', rights: 'ask' }),
    );
    const guest = await SignalledGuest.join(String(link?.['joinUrl']), {
      name: 'Cleo',
      participantId: 'cleo',
    });
    expect(
      await host.only(ours('Waiting', 'meeting', { resource: 'participant', operation: 'getWaiting', room })),
    ).toMatchObject([{ participantId: 'cleo', participantName: 'Cleo' }]);
    await host.only(
      ours('Admit', 'meeting', {
        resource: 'participant',
        operation: 'admit',
        room,
        participant: byId('cleo'),
      }),
    );
    expect((await guest.notified('joined')).data).toMatchObject({ roomId, participantId: 'cleo' });
    await guest.leave();
  });

  it('says that nobody is in the room, and that there is no such room', async () => {
    const { roomId } = await host.makeRoom('empty');
    const tap = (id: string): NodeSpec =>
      ours('Tap', 'trackTap', { room: byId(id), participant: byId('ann') });
    expect((await host.run(tap(roomId))).error).toBe('Nobody is in the room');
    expect((await host.run(tap('no-such-room'))).error).toBe('There is no such room');
  });

  it('goes on with the other items when one did not succeed and On Error says so', async () => {
    const { roomId } = await host.makeRoom('kept');
    const rooms: NodeSpec = {
      name: 'Rooms',
      type: 'n8n-nodes-base.code',
      parameters: {
        jsCode: `return [{ json: { roomId: 'no-such-room' } }, { json: { roomId: '${roomId}' } }]`,
      },
    };
    const get = ours('Get', 'meeting', { resource: 'room', operation: 'get' });
    const execution = await host.run(rooms, { ...get, onError: 'continueRegularOutput' });
    expect(execution.status).toBe('success');
    expect(itemsOf(execution, 'Get')).toMatchObject([
      { error: 'There is no such room', description: expect.stringContaining('"no-such-room"') as unknown },
      { roomId, status: 'enabled' },
    ]);
  });

  it('starts the workflow for a guest who joins, also one who joined while the runtime was restarted', async () => {
    const { roomId, joinUrl } = await host.makeRoom('joined');
    const { n8n } = host;
    const { id } = await n8n.importWorkflow(
      chain('joins', host.credential, [
        ours('Joined', 'participantJoinedTrigger', { room: byId(roomId) }),
        ours('Tap', 'trackTap', {}),
      ]),
    );
    await n8n.activate(id);
    const first = await SignalledGuest.join(joinUrl, { name: 'Dora', participantId: 'dora' });
    const [summary] = await n8n.waitForExecutions(id, { atLeast: 1, timeoutMs: 20_000 });
    const execution = await n8n.execution(summary?.id ?? '');
    expect(execution.error).toBeUndefined();
    expect(itemsOf(execution, 'Tap')).toMatchObject([{ step: 'tap', roomId, participantId: 'dora' }]);
    await first.leave();

    await host.restartRuntime();
    const second = await SignalledGuest.join(joinUrl, { name: 'Eve', participantId: 'eve' });
    await n8n.waitForExecutions(id, { atLeast: 2, timeoutMs: 30_000 });
    const all = await Promise.all(
      (await n8n.executions(id)).map(async (each) => await n8n.execution(each.id)),
    );
    expect(
      all.flatMap((each) => itemsOf(each, 'Joined').map((item) => item['participantName'])).sort(),
    ).toEqual(['Dora', 'Eve']);
    await second.leave();
  });
});
