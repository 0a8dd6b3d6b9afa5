import { Check } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventSchemas, type Page, type Poll } from '../../../runtime/contract/index.ts';
import {
  startRuntime,
  startRuntimeProcess,
  type InProcessRuntime,
  type RuntimeUnderTest,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

const lunch = { question: 'Lunch?', options: ['Soup', 'Salad'] };

let runtime: InProcessRuntime;
beforeAll(async () => {
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

const newRoom = async (): Promise<string> => (await runtime.api.createRoom()).roomId;
const joinHost = (roomId: string): Promise<SignallingParticipant> =>
  runtime.join(roomId, { participantId: 'host', name: 'Host', permissions: ['allow_join', 'allow_mod'] });
const joinViewer = (
  roomId: string,
  participantId: string,
  on: Pick<RuntimeUnderTest, 'join'> = runtime,
): Promise<SignallingParticipant> =>
  on.join(roomId, { participantId, name: participantId, mode: 'SIGNALLING_ONLY' });
const votesFor = ({ options }: Poll): number[] => options.map(({ votes }) => votes);

describe('a poll', () => {
  it('is asked over the API, voted on in the room and over the API, and closed, and everybody is told', async () => {
    const roomId = await newRoom();
    await using host = await joinHost(roomId);
    await using ada = await joinViewer(roomId, 'ada');
    await using grace = await joinViewer(roomId, 'grace');
    const poll = await runtime.api.call<Poll>('POST', `/v2/rooms/${roomId}/polls`, lunch);
    expect(poll).toMatchObject({
      roomId,
      sessionId: host.sessionId,
      status: 'open',
      createdById: 'server',
      options: [
        { optionId: '1', text: 'Soup', votes: 0 },
        { optionId: '2', text: 'Salad', votes: 0 },
      ],
    });
    const { pollId } = poll;
    for (const one of [host, ada, grace]) {
      expect((await one.notified('poll-changed')).poll).toEqual(poll);
    }

    expect(votesFor((await ada.call('vote-poll', { pollId, optionId: '2' })).poll)).toEqual([0, 1]);
    const counted = await runtime.api.call<Poll>('POST', `/v2/polls/${pollId}/votes`, {
      optionId: '1',
      participantId: 'grace',
    });
    expect(counted).toMatchObject({ totalVotes: 2 });
    expect(
      (await grace.notified('poll-changed', (data) => data.poll.totalVotes === 2)).poll.options,
    ).toMatchObject([{ votes: 1 }, { votes: 1 }]);

    await using late = await joinViewer(roomId, 'late');
    expect(late.audience.polls).toMatchObject([{ pollId, totalVotes: 2 }]);
    expect(late.votes).toEqual({ polls: {}, questions: [] });

    const closed = await runtime.api.call<Poll>('POST', `/v2/polls/${pollId}/close`);
    expect(closed).toMatchObject({ status: 'closed', totalVotes: 2 });
    await late.notified('poll-changed', (data) => data.poll.status === 'closed');
    await expect(late.call('vote-poll', { pollId, optionId: '1' })).rejects.toMatchObject({
      code: 'poll-closed',
    });
    expect(await runtime.api.send('POST', `/v2/polls/${pollId}/close`)).toMatchObject({
      status: 409,
      body: { code: 'poll-closed' },
    });

    await runtime.events.event('poll-closed', ({ data }) => data.pollId === pollId);
    const events = runtime.events.events().filter((event) => event.roomId === roomId);
    const ofPolls = events.filter((event) => event.type.startsWith('poll-'));
    expect(ofPolls.map(({ type }) => type)).toEqual([
      'poll-created',
      'poll-voted',
      'poll-voted',
      'poll-closed',
    ]);
    expect(ofPolls[1]?.data).toMatchObject({ participantId: 'ada', optionId: '2' });
    expect(events.filter((event) => !Check(eventSchemas[event.type], event.data))).toEqual([]);
  });

  it('is created and closed by moderators in the room, and by nobody else', async () => {
    const roomId = await newRoom();
    await using host = await joinHost(roomId);
    await using ada = await joinViewer(roomId, 'ada');
    await expect(ada.call('create-poll', lunch)).rejects.toMatchObject({ code: 'unauthorized-request' });
    const { poll } = await host.call('create-poll', lunch);
    expect(poll.createdById).toBe('host');
    await expect(ada.call('close-poll', { pollId: poll.pollId })).rejects.toMatchObject({
      code: 'unauthorized-request',
    });
    expect((await host.call('close-poll', { pollId: poll.pollId })).poll.status).toBe('closed');
  });

  it('takes one vote of each, whatever way they come back and whoever votes in their name', async () => {
    const roomId = await newRoom();
    await using host = await joinHost(roomId);
    const { pollId } = (await host.call('create-poll', lunch)).poll;
    const ada = await joinViewer(roomId, 'ada');
    await ada.call('vote-poll', { pollId, optionId: '1' });
    await ada.drop();

    await using resumed = await runtime.join(roomId, { resumeToken: ada.resumeToken });
    expect(resumed).toMatchObject({ resumed: true, votes: { polls: { [pollId]: '1' } } });
    await expect(resumed.call('vote-poll', { pollId, optionId: '2' })).rejects.toMatchObject({
      code: 'already-voted',
    });
    expect(
      await runtime.api.send('POST', `/v2/polls/${pollId}/votes`, { optionId: '2', participantId: 'ada' }),
    ).toMatchObject({ status: 409, body: { code: 'already-voted' } });

    await resumed.leave();
    await runtime.events.event('participant-left', (event) => event.roomId === roomId);
    await using back = await runtime.join(roomId, {
      name: 'Ada',
      mode: 'SIGNALLING_ONLY',
      resumeToken: ada.resumeToken,
    });
    expect(back).toMatchObject({ resumed: false, participantId: 'ada', votes: { polls: { [pollId]: '1' } } });
    await expect(back.call('vote-poll', { pollId, optionId: '2' })).rejects.toMatchObject({
      code: 'already-voted',
    });
    expect(await runtime.api.call<Poll>('GET', `/v2/polls/${pollId}`)).toMatchObject({ totalVotes: 1 });
  });

  it('that hides its results shows them to moderators and, once closed, to all', async () => {
    const roomId = await newRoom();
    await using host = await joinHost(roomId);
    await using ada = await joinViewer(roomId, 'ada');
    const { pollId } = (await host.call('create-poll', { ...lunch, hideResults: true })).poll;
    expect(votesFor((await ada.call('vote-poll', { pollId, optionId: '1' })).poll)).toEqual([0, 0]);
    await host.notified('poll-changed', ({ poll }) => poll.totalVotes === 1);
    await using late = await joinViewer(roomId, 'late');
    expect(late.audience.polls).toMatchObject([{ totalVotes: 0 }]);
    const guest = runtime.api.as(await runtime.token({ permissions: ['allow_join'] }));
    expect(await guest.call<Poll>('GET', `/v2/polls/${pollId}`)).toMatchObject({ totalVotes: 0 });
    expect(await guest.call<Page<Poll>>('GET', `/v2/rooms/${roomId}/polls`)).toMatchObject({
      data: [{ totalVotes: 0 }],
    });
    expect(await runtime.api.call<Poll>('GET', `/v2/polls/${pollId}`)).toMatchObject({ totalVotes: 1 });

    await host.call('close-poll', { pollId });
    expect((await late.notified('poll-changed', ({ poll }) => poll.status === 'closed')).poll).toMatchObject({
      totalVotes: 1,
    });
    expect(ada.notifications('poll-changed').map(({ poll }) => poll.totalVotes)).toEqual([0, 0, 1]);
    expect(await guest.call<Poll>('GET', `/v2/polls/${pollId}`)).toMatchObject({ totalVotes: 1 });
  });

  it('closes by itself when its time is up', async () => {
    const roomId = await newRoom();
    await using host = await joinHost(roomId);
    const { poll } = await host.call('create-poll', { ...lunch, durationSeconds: 5 });
    expect(Date.parse(poll.closesAt!) - Date.parse(poll.createdAt)).toBe(5000);
    const closed = await host.notified('poll-changed', (data) => data.poll.status === 'closed');
    expect(Date.parse(closed.poll.closedAt!)).toBeGreaterThanOrEqual(Date.parse(poll.closesAt!) - 50);
  });

  it('is voted on over the API by the participant whose token it is, and not in the name of another', async () => {
    const roomId = await newRoom();
    await using host = await joinHost(roomId);
    await using _ada = await joinViewer(roomId, 'ada');
    const { pollId } = (await host.call('create-poll', lunch)).poll;
    const asAda = runtime.api.as(await runtime.token({ participantId: 'ada' }));
    const vote = { optionId: '1' };
    expect(
      await asAda.send('POST', `/v2/polls/${pollId}/votes`, { ...vote, participantId: 'host' }),
    ).toMatchObject({ status: 403, body: { code: 'unauthorized-participant', errorCode: 4023 } });
    expect(await asAda.call<Poll>('POST', `/v2/polls/${pollId}/votes`, vote)).toMatchObject({
      totalVotes: 1,
    });
    expect(await runtime.api.send('POST', `/v2/polls/${pollId}/votes`, vote)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
    const watching = runtime.api.as(await runtime.token({ roles: ['rtc'] }));
    for (const call of [`/v2/polls/${pollId}`, `/v2/rooms/${roomId}/polls`, `/v2/rooms/${roomId}/audience`]) {
      expect(await watching.send('GET', call)).toMatchObject({ status: 403 });
    }
    const guest = runtime.api.as(await runtime.token());
    expect(await guest.send('POST', `/v2/rooms/${roomId}/polls`, lunch)).toMatchObject({
      status: 403,
      body: { code: 'unauthorized-request' },
    });
  });

  it.each([
    { what: 'one option', body: { question: 'Lunch?', options: ['Soup'] }, code: 'invalid-request' },
    {
      what: 'thirteen options',
      body: { ...lunch, options: Array.from({ length: 13 }, (_, index) => `Dish ${index}`) },
      code: 'invalid-request',
    },
    { what: 'options alike', body: { ...lunch, options: ['Soup', 'Soup'] }, code: 'invalid-request' },
    { what: 'no question', body: { ...lunch, question: '' }, code: 'invalid-request' },
    { what: 'no time', body: { ...lunch, durationSeconds: 0 }, code: 'invalid-request' },
    { what: 'an unknown key', body: { ...lunch, votes: 3 }, code: 'invalid-request' },
  ])('with $what is refused', async ({ body, code }) => {
    const roomId = await newRoom();
    await using _host = await joinHost(roomId);
    expect(await runtime.api.send('POST', `/v2/rooms/${roomId}/polls`, body)).toMatchObject({
      status: 400,
      body: { code },
    });
    expect(runtime.events.types(roomId)).not.toContain('poll-created');
  });

  it('needs somebody in the room, a poll and an option that are there, and a voter who is', async () => {
    const roomId = await newRoom();
    expect(await runtime.api.send('POST', `/v2/rooms/${roomId}/polls`, lunch)).toMatchObject({
      status: 404,
      body: { code: 'no-live-session' },
    });
    expect(await runtime.api.send('GET', '/v2/polls/poll_none')).toMatchObject({
      status: 404,
      body: { code: 'poll-not-found' },
    });
    await using host = await joinHost(roomId);
    await expect(host.call('vote-poll', { pollId: 'poll_none', optionId: '1' })).rejects.toMatchObject({
      code: 'poll-not-found',
    });
    const { pollId } = (await host.call('create-poll', lunch)).poll;
    await expect(host.call('vote-poll', { pollId, optionId: '3' })).rejects.toMatchObject({
      code: 'invalid-request',
    });
    expect(
      await runtime.api.send('POST', `/v2/polls/${pollId}/votes`, { optionId: '1', participantId: 'eve' }),
    ).toMatchObject({ status: 404, body: { code: 'participant-not-found' } });
  });

  it('goes on when the media worker of its room dies', async () => {
    const roomId = await newRoom();
    await using host = await joinHost(roomId);
    await using ada = await joinViewer(roomId, 'ada');
    const { pollId } = (await host.call('create-poll', lunch)).poll;
    await ada.call('vote-poll', { pollId, optionId: '1' });
    process.kill(runtime.served.runtime.pool.pidOf(host.sessionId)!, 'SIGKILL');
    await host.notified('media-restart');
    expect(votesFor((await host.call('vote-poll', { pollId, optionId: '1' })).poll)).toEqual([2, 0]);
    // Whoever only watches has no media to begin anew.
    expect(ada.notifications('media-restart')).toEqual([]);
  });
});

describe('polls of a session that is over', () => {
  it('are closed with it, and still there with their tally', async () => {
    const roomId = await newRoom();
    const host = await joinHost(roomId);
    const { pollId } = (await host.call('create-poll', lunch)).poll;
    await host.call('vote-poll', { pollId, optionId: '2' });
    await host.leave();
    await runtime.events.event('session-ended', (event) => event.roomId === roomId);
    expect(runtime.events.types(roomId).slice(-3)).toEqual([
      'participant-left',
      'poll-closed',
      'session-ended',
    ]);
    const page = await runtime.api.call<Page<Poll>>('GET', `/v2/rooms/${roomId}/polls?status=closed`);
    expect(page).toMatchObject({ pageInfo: { total: 1 }, data: [{ pollId, totalVotes: 1 }] });
    expect(
      await runtime.api.send('POST', `/v2/polls/${pollId}/votes`, { optionId: '1', participantId: 'host' }),
    ).toMatchObject({ status: 409, body: { code: 'poll-closed' } });
    await using again = await joinHost(roomId);
    expect(again.audience.polls).toEqual([]);
  });

  it('outlive a session that a killed runtime does not take up: closed with their tally, and told as such', async () => {
    await using directory = await temporaryDirectory();
    let pollId: string;
    let roomId: string;
    {
      await using killed = await startRuntimeProcess(directory.entry('data'));
      ({ roomId } = await killed.api.createRoom());
      await using _ada = await joinViewer(roomId, 'ada', killed);
      ({ pollId } = await killed.api.call<Poll>('POST', `/v2/rooms/${roomId}/polls`, lunch));
      const vote = { optionId: '2', participantId: 'ada' };
      await killed.api.call('POST', `/v2/polls/${pollId}/votes`, vote);
      killed.process.signal('SIGKILL');
      await killed.process.ended;
    }
    await using anew = await startRuntimeProcess(directory.entry('data'), { sessionResumeSeconds: 0 });
    const poll = await anew.api.call<Poll>('GET', `/v2/polls/${pollId}`);
    expect(poll).toMatchObject({ status: 'closed', totalVotes: 1 });
    expect(votesFor(poll)).toEqual([0, 1]);
    const closed = await anew.events.event('poll-closed', ({ data }) => data.pollId === pollId);
    expect(closed.data.poll).toEqual(poll);
  });
});
