import { describe, expect, it } from 'vitest';
import { Questions } from '../../../runtime/rooms/audience/questions.ts';
import { refusal } from './support/refusal.ts';

const ada = { participantId: 'ada', participantName: 'Ada' };

function questionsAt() {
  let nowMs = 0;
  const questions = new Questions({ roomId: 'room', sessionId: 'session', now: () => (nowMs += 1000) });
  return questions;
}

describe('questions', () => {
  it('are ordered by upvotes, and the older first where those are alike', () => {
    const questions = questionsAt();
    const [first, second, third] = ['One?', 'Two?', 'Three?'].map((text) => questions.ask(ada, text));
    questions.upvote(third!.questionId, 'grace');
    questions.upvote(third!.questionId, 'alan');
    questions.upvote(second!.questionId, 'grace');
    const fourth = questions.ask(ada, 'Four?');
    expect(questions.remembered().map(({ text, upvotes }) => [text, upvotes])).toEqual([
      [third!.text, 2],
      [second!.text, 1],
      [first!.text, 0],
      [fourth.text, 0],
    ]);
  });

  it('take one upvote of each participant', () => {
    const questions = questionsAt();
    const { questionId } = questions.ask(ada, 'Why?');
    questions.upvote(questionId, 'grace');
    expect(refusal(() => questions.upvote(questionId, 'grace'))).toMatchObject({ code: 'already-voted' });
    expect(questions.find(questionId)?.upvotes).toBe(1);
    expect(questions.upvotedBy('grace')).toEqual([questionId]);
  });

  it('are answered in writing or aloud, and take no upvotes from then on', () => {
    const questions = questionsAt();
    const { questionId } = questions.ask(ada, 'Why?');
    expect(questions.answer(questionId, { answer: 'Because.' })).toMatchObject({
      status: 'answered',
      answer: 'Because.',
      answeredAt: '1970-01-01T00:00:02.000Z',
    });
    expect(questions.answer(questionId, {})).toMatchObject({ status: 'answered', answer: 'Because.' });
    expect(refusal(() => questions.upvote(questionId, 'grace'))).toMatchObject({ code: 'question-closed' });
  });

  it('are opened again as if they had not been answered', () => {
    const questions = questionsAt();
    const { questionId } = questions.ask(ada, 'Why?');
    questions.answer(questionId, { answer: 'Because.' });
    expect(questions.answer(questionId, { status: 'open' })).toMatchObject({
      status: 'open',
      answer: null,
      answeredAt: null,
    });
    expect(questions.upvote(questionId, 'grace').upvotes).toBe(1);
  });

  it('that were dismissed are not told to late joiners', () => {
    const questions = questionsAt();
    const { questionId } = questions.ask(ada, 'Buy pills?');
    expect(questions.answer(questionId, { status: 'dismissed' }).status).toBe('dismissed');
    expect(questions.remembered()).toEqual([]);
  });

  it('without a text or an id that is there are refused', () => {
    const questions = questionsAt();
    expect(refusal(() => questions.ask(ada, ' \n'))).toMatchObject({ code: 'invalid-request' });
    expect(refusal(() => questions.answer('qst_x', {}))).toMatchObject({ code: 'question-not-found' });
    expect(refusal(() => questions.answer('qst_x', {})).message).toContain('qst_x');
  });

  it('are refused while five hundred wait for an answer', () => {
    const questions = questionsAt();
    const asked = Array.from({ length: 500 }, (_, index) => questions.ask(ada, `Question ${index}?`));
    expect(refusal(() => questions.ask(ada, 'One more?'))).toMatchObject({ code: 'too-many-requests' });
    questions.answer(asked[0]!.questionId, {});
    expect(questions.ask(ada, 'One more?').status).toBe('open');
    expect(questions.remembered()).toHaveLength(200);
  });
});
