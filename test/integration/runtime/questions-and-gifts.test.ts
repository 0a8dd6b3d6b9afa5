import { Check } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventSchemas, type Gift, type Page, type Question } from '../../../runtime/contract/index.ts';
import {
  startRuntime,
  type InProcessRuntime,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';

let runtime: InProcessRuntime;
beforeAll(async () => {
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

const newRoom = async (): Promise<string> => (await runtime.api.createRoom()).roomId;
const joinHost = (roomId: string): Promise<SignallingParticipant> =>
  runtime.join(roomId, { participantId: 'host', name: 'Host', permissions: ['allow_join', 'allow_mod'] });
const joinViewer = (roomId: string, participantId: string): Promise<SignallingParticipant> =>
  runtime.join(roomId, { participantId, name: participantId, mode: 'SIGNALLING_ONLY' });

/** All events of a room so far hold what the contract says of their type. */
const expectEventsToKeepTheContract = (roomId: string): void => {
  const events = runtime.events.events().filter((event) => event.roomId === roomId);
  expect(events.filter((event) => !Check(eventSchemas[event.type], event.data))).toEqual([]);
};

describe('questions', () => {
  it('are asked by anybody, ordered by upvotes, and answered by a moderator', async () => {
    const roomId = await newRoom();
    await using host = await joinHost(roomId);
    await using ada = await joinViewer(roomId, 'ada');
    await using grace = await joinViewer(roomId, 'grace');
    const first = (await ada.call('ask-question', { text: 'How?' })).question;
    const second = (await grace.call('ask-question', { text: 'Why?' })).question;
    expect(first).toMatchObject({ participantId: 'ada', upvotes: 0, status: 'open', answer: null });
    const third = await runtime.api.call<Question>('POST', `/v2/rooms/${roomId}/questions`, {
      text: 'From the mail: when?',
    });
    expect(third).toMatchObject({ participantId: 'server', participantName: 'Workflow' });

    await ada.call('upvote-question', { questionId: second.questionId });
    await expect(ada.call('upvote-question', { questionId: second.questionId })).rejects.toMatchObject({
      code: 'already-voted',
    });
    await runtime.api.call('POST', `/v2/questions/${second.questionId}/upvotes`, { participantId: 'host' });
    expect(
      await runtime.api.send('POST', `/v2/questions/${second.questionId}/upvotes`, { participantId: 'ada' }),
    ).toMatchObject({ status: 409, body: { code: 'already-voted' } });
    await host.notified('question-changed', ({ question }) => question.upvotes === 2);

    await using late = await joinViewer(roomId, 'late');
    expect(late.audience.questions.map(({ text }) => text)).toEqual(['Why?', 'How?', 'From the mail: when?']);

    await expect(
      ada.call('answer-question', { questionId: first.questionId, answer: 'So.' }),
    ).rejects.toMatchObject({ code: 'unauthorized-request' });
    await host.call('answer-question', { questionId: second.questionId, answer: 'Because.' });
    expect(
      (await ada.notified('question-changed', ({ question }) => question.status === 'answered')).question,
    ).toMatchObject({ answer: 'Because.', upvotes: 2 });
    await runtime.api.call('POST', `/v2/questions/${first.questionId}/answer`, { status: 'dismissed' });
    await expect(late.call('upvote-question', { questionId: second.questionId })).rejects.toMatchObject({
      code: 'question-closed',
    });

    const page = await runtime.api.call<Page<Question>>('GET', `/v2/rooms/${roomId}/questions`);
    expect(page.data.map(({ text, upvotes, status }) => [text, upvotes, status])).toEqual([
      ['Why?', 2, 'answered'],
      ['How?', 0, 'dismissed'],
      ['From the mail: when?', 0, 'open'],
    ]);
    const open = await runtime.api.call<Page<Question>>('GET', `/v2/rooms/${roomId}/questions?status=open`);
    expect(open).toMatchObject({ pageInfo: { total: 1 }, data: [third] });
    await runtime.events.event('question-answered', ({ data }) => data.questionId === first.questionId);
    expect(runtime.events.types(roomId).filter((type) => type.startsWith('question-'))).toEqual([
      ...['question-asked', 'question-asked', 'question-asked'],
      ...['question-upvoted', 'question-upvoted', 'question-answered', 'question-answered'],
    ]);
    expectEventsToKeepTheContract(roomId);
  });

  it('that are not there, or come too fast, are refused', async () => {
    const roomId = await newRoom();
    await using ada = await joinViewer(roomId, 'ada');
    await expect(ada.call('upvote-question', { questionId: 'qst_none' })).rejects.toMatchObject({
      code: 'question-not-found',
    });
    expect(await runtime.api.send('POST', '/v2/questions/qst_none/answer', {})).toMatchObject({
      status: 404,
      body: { code: 'question-not-found' },
    });
    for (const text of ['One?', 'Two?', 'Three?']) {
      await ada.call('ask-question', { text });
    }
    await expect(ada.call('ask-question', { text: 'Four?' })).rejects.toMatchObject({
      code: 'too-many-requests',
    });
    await expect(ada.call('ask-question', { text: 'x'.repeat(1001) })).rejects.toMatchObject({
      code: 'invalid-signalling',
    });
  });
});

describe('questions and gifts of a guest', () => {
  it('over REST need the name of somebody in the room, and keep to the limits of that person', async () => {
    const roomId = await newRoom();
    await using _ada = await joinViewer(roomId, 'ada');
    const nobody = runtime.api.as(await runtime.token());
    for (const [path, body] of [
      ['questions', { text: 'Why?' }],
      ['gifts', { gift: 'rose' }],
    ] as const) {
      expect(await nobody.send('POST', `/v2/rooms/${roomId}/${path}`, body)).toMatchObject({
        status: 400,
        body: { code: 'invalid-request', message: expect.stringContaining('participantId') as string },
      });
    }
    const own = runtime.api.as(await runtime.token({ participantId: 'ada' }));
    const codes: unknown[] = [];
    for (const text of ['One?', 'Two?', 'Three?', 'Four?']) {
      const { body } = await own.send('POST', `/v2/rooms/${roomId}/questions`, { text });
      codes.push((body as { code?: string }).code);
    }
    expect(codes).toEqual([undefined, undefined, undefined, 'too-many-requests']);
  });

  it('do not begin anew when the guest leaves and comes back', async () => {
    const roomId = await newRoom();
    await using _host = await joinHost(roomId);
    const ada = await joinViewer(roomId, 'ada');
    for (const text of ['One?', 'Two?', 'Three?']) {
      await ada.call('ask-question', { text });
    }
    await ada.leave();
    await using again = await joinViewer(roomId, 'ada');
    await expect(again.call('ask-question', { text: 'Four?' })).rejects.toMatchObject({
      code: 'too-many-requests',
    });
  });
});

describe('gifts', () => {
  it('go to the creator or to each other, are told to all and kept', async () => {
    const roomId = await newRoom();
    await using host = await joinHost(roomId);
    await using ada = await joinViewer(roomId, 'ada');
    await using grace = await joinViewer(roomId, 'grace');
    const { gift } = await ada.call('send-gift', { gift: 'rose', count: 3, message: 'Bravo' });
    expect(gift).toMatchObject({ fromId: 'ada', toId: null, toName: 'Host', count: 3, message: 'Bravo' });
    expect((await grace.notified('gift-sent')).gift).toEqual(gift);
    const toEachOther = (await grace.call('send-gift', { gift: 'star', toId: 'ada' })).gift;
    expect(toEachOther).toMatchObject({ fromId: 'grace', toId: 'ada', toName: 'ada', count: 1 });
    const fromWorkflow = await runtime.api.call<Gift>('POST', `/v2/rooms/${roomId}/gifts`, {
      gift: 'rocket',
      toId: 'host',
    });
    expect(fromWorkflow).toMatchObject({ fromId: 'server', fromName: 'Workflow', toName: 'Host' });
    await host.notified('gift-sent', (data) => data.gift.gift === 'rocket');
    const page = await runtime.api.call<Page<Gift>>('GET', `/v2/rooms/${roomId}/gifts?perPage=2`);
    expect(page).toMatchObject({ pageInfo: { total: 3, lastPage: 2 }, data: [fromWorkflow, toEachOther] });
    await runtime.events.event('gift-sent', ({ data }) => data.giftId === fromWorkflow.giftId);
    expectEventsToKeepTheContract(roomId);
  });

  it.each([
    { what: 'to nobody there', body: { gift: 'rose', toId: 'eve' }, code: 'participant-not-found' },
    { what: 'to oneself', body: { gift: 'rose', toId: 'ada' }, code: 'invalid-request' },
    { what: 'of an unspeakable name', body: { gift: 'Rose!' }, code: 'invalid-signalling' },
    { what: 'of none', body: { gift: 'rose', count: 0 }, code: 'invalid-signalling' },
  ])('$what are refused', async ({ body, code }) => {
    const roomId = await newRoom();
    await using ada = await joinViewer(roomId, 'ada');
    await expect(ada.call('send-gift', body)).rejects.toMatchObject({ code });
  });
});

describe('reactions and hands', () => {
  it('are told live: reactions so often and no oftener, hands in the order they were raised', async () => {
    const roomId = await newRoom();
    await using host = await joinHost(roomId);
    await using ada = await joinViewer(roomId, 'ada');
    await using grace = await joinViewer(roomId, 'grace');
    const reacted = await Promise.allSettled(
      Array.from({ length: 20 }, () => ada.call('send-reaction', { reaction: 'clap' })),
    );
    expect(reacted.filter(({ status }) => status === 'fulfilled').length).toBeLessThan(10);
    expect(reacted.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'too-many-requests' } });
    expect(await host.notified('reaction-sent')).toEqual({
      participantId: 'ada',
      participantName: 'ada',
      reaction: 'clap',
    });
    // One person's haste is not another's.
    await grace.call('send-reaction', { reaction: 'love' });

    await grace.call('raise-hand', { raised: true });
    await ada.call('raise-hand', { raised: true });
    await ada.call('raise-hand', { raised: true });
    await host.notified('hands-changed', ({ hands }) => hands.length === 2);
    await using late = await joinViewer(roomId, 'late');
    expect(late.audience.hands.map(({ participantId }) => participantId)).toEqual(['grace', 'ada']);
    await grace.leave();
    expect((await late.notified('hands-changed')).hands.map(({ participantId }) => participantId)).toEqual([
      'ada',
    ]);
    await ada.call('raise-hand', { raised: false });
    await late.notified('hands-changed', ({ hands }) => hands.length === 0);
    await runtime.events.event(
      'hand-lowered',
      (event) => event.roomId === roomId && event.data.participantId === 'ada',
    );
    expect(runtime.events.types(roomId).filter((type) => type.startsWith('hand-'))).toEqual([
      'hand-raised',
      'hand-raised',
      'hand-lowered',
      'hand-lowered',
    ]);
    expectEventsToKeepTheContract(roomId);
  });
});
