import {
  RoomflowError,
  type Audience,
  type Joined,
  type Poll,
  type Question,
  type SignallingMethod,
  type SignallingEvents,
  type SignallingParams,
} from '../../../../runtime/contract/index.ts';

type AudienceMethod = Extract<
  SignallingMethod,
  | 'create-poll'
  | 'vote-poll'
  | 'close-poll'
  | 'ask-question'
  | 'upvote-question'
  | 'answer-question'
  | 'send-gift'
  | 'send-reaction'
  | 'raise-hand'
  | 'pin'
  | 'invite-to-stage'
  | 'respond-stage'
>;
export type AudienceRequest = {
  [M in AudienceMethod]: { method: M; data: SignallingParams<M> };
}[AudienceMethod];

export type AudienceDoubleOptions = {
  self: () => { participantId: string; participantName: string };
  tell: <E extends keyof SignallingEvents>(event: E, data: SignallingEvents[E]) => void;
};

const scope = { roomId: 'test-room', sessionId: 'session-1' };

/** The polls, questions, hands and so on of the double's room, and what others in it do with them. */
export class AudienceDouble {
  readonly state: Audience = { viewers: 0, polls: [], questions: [], hands: [], pinnedIds: [], hls: null };
  readonly votes: Joined['votes'] = { polls: {}, questions: [] };
  stageInvitation: Joined['stageInvitation'] = null;
  readonly #options: AudienceDoubleOptions;
  #made = 0;

  constructor(options: AudienceDoubleOptions) {
    this.#options = options;
  }

  showHls(hls: Audience['hls']): void {
    this.state.hls = hls;
    this.#options.tell('hls-changed', { hls });
  }

  setViewers(viewers: number): void {
    this.state.viewers = viewers;
    this.#options.tell('viewers-changed', { viewers });
  }

  /** A host opens a poll. */
  openPoll(poll: SignallingParams<'create-poll'>): Poll {
    const id = this.#id('poll');
    const made: Poll = {
      ...{ id, pollId: id, ...scope, question: poll.question, totalVotes: 0, status: 'open' },
      options: poll.options.map((text, index) => ({ optionId: `${id}-${index + 1}`, text, votes: 0 })),
      hideResults: poll.hideResults ?? false,
      createdById: 'host',
      createdAt: new Date().toISOString(),
      closesAt:
        poll.durationSeconds === undefined
          ? null
          : new Date(Date.now() + poll.durationSeconds * 1000).toISOString(),
      closedAt: null,
    };
    this.state.polls.push(made);
    this.#options.tell('poll-changed', { poll: made });
    return made;
  }

  /** Others vote: `votes` by option, in order. */
  othersVote(pollId: string, votes: readonly number[]): void {
    const poll = this.#poll(pollId);
    poll.options.forEach((option, index) => (option.votes += votes[index] ?? 0));
    poll.totalVotes += votes.reduce((sum, one) => sum + one, 0);
    this.#options.tell('poll-changed', { poll });
  }

  endPoll(pollId: string): Poll {
    const poll = Object.assign(this.#poll(pollId), {
      status: 'closed' as const,
      closedAt: new Date().toISOString(),
    });
    this.#options.tell('poll-changed', { poll });
    return poll;
  }

  addQuestion(text: string, by: { participantId: string; participantName: string }, upvotes = 0): Question {
    const id = this.#id('question');
    const question: Question = {
      ...{ id, questionId: id, ...scope, text, ...by, upvotes, status: 'open', answer: null },
      createdAt: new Date().toISOString(),
      answeredAt: null,
    };
    this.state.questions.push(question);
    this.#options.tell('question-changed', { question });
    return question;
  }

  changeQuestion(questionId: string, change: Partial<Question>): Question {
    const question = this.state.questions.find((one) => one.questionId === questionId);
    if (question === undefined) {
      throw new RoomflowError('question-not-found', `no question "${questionId}"`);
    }
    Object.assign(question, change);
    this.#options.tell('question-changed', { question });
    return question;
  }

  give(gift: { gift: string; count?: number; message?: string; from: string; toName?: string }): void {
    const id = this.#id('gift');
    this.#options.tell('gift-sent', {
      gift: {
        ...{ id, giftId: id, ...scope, gift: gift.gift, count: gift.count ?? 1 },
        ...{ message: gift.message ?? '', fromId: gift.from, fromName: gift.from },
        ...{ toId: null, toName: gift.toName ?? 'Host', at: new Date().toISOString() },
      },
    });
  }

  raiseHand(hand: { participantId: string; participantName: string }, raised: boolean): void {
    const others = this.state.hands.filter(({ participantId }) => participantId !== hand.participantId);
    this.state.hands = raised ? [...others, hand] : others;
    this.#options.tell('hands-changed', { hands: this.state.hands });
  }

  invite(byName: string): void {
    this.stageInvitation = { byName };
    this.#options.tell('stage-invited', { byName });
  }

  /** Answers a request of the page as the runtime would. */
  perform(request: AudienceRequest): unknown {
    const self = this.#options.self();
    switch (request.method) {
      case 'create-poll':
        return { poll: this.openPoll(request.data) };
      case 'vote-poll': {
        const { pollId, optionId } = request.data;
        if (this.votes.polls[pollId] !== undefined) {
          throw new RoomflowError('already-voted', 'You have voted in this poll.');
        }
        const at = this.#poll(pollId).options.findIndex((option) => option.optionId === optionId);
        this.votes.polls[pollId] = optionId;
        this.othersVote(pollId, [...Array<number>(at).fill(0), 1]);
        return { poll: this.#poll(pollId) };
      }
      case 'close-poll':
        return { poll: this.endPoll(request.data.pollId) };
      case 'ask-question':
        return { question: this.addQuestion(request.data.text, self) };
      case 'upvote-question': {
        const { questionId } = request.data;
        this.votes.questions.push(questionId);
        const upvotes = (this.state.questions.find((one) => one.questionId === questionId)?.upvotes ?? 0) + 1;
        return { question: this.changeQuestion(questionId, { upvotes }) };
      }
      case 'answer-question': {
        const { questionId, answer = null, status = 'answered' } = request.data;
        const answeredAt = new Date().toISOString();
        return { question: this.changeQuestion(questionId, { answer, status, answeredAt }) };
      }
      case 'send-gift': {
        const { gift, count = 1, message = '' } = request.data;
        this.give({ gift, count, message, from: self.participantId });
        return {};
      }
      case 'raise-hand':
        this.raiseHand(self, request.data.raised);
        return {};
      case 'pin':
        this.state.pinnedIds = request.data.pinnedIds;
        this.#options.tell('pins-changed', { pinnedIds: request.data.pinnedIds });
        return { pinnedIds: request.data.pinnedIds };
      case 'respond-stage':
        this.stageInvitation = null;
        return { mode: request.data.accept ? 'SEND_AND_RECV' : 'SIGNALLING_ONLY' };
      case 'send-reaction':
      case 'invite-to-stage':
        return {};
    }
  }

  #poll(pollId: string): Poll {
    const poll = this.state.polls.find((one) => one.pollId === pollId);
    if (poll === undefined) {
      throw new RoomflowError('poll-not-found', `no poll "${pollId}"`);
    }
    return poll;
  }

  #id(kind: string): string {
    this.#made += 1;
    return `${kind}-${this.#made}`;
  }
}
