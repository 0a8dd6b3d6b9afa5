import type { ParticipantView, SignallingParams } from '../../contract/index.ts';
import { withPoll, withQuestion } from './audience-state.ts';
import type { RoomState } from './room-state.ts';
import type { SignallingRequestFunction } from './signalling-socket.ts';

export type AudienceCallsOptions = {
  request: SignallingRequestFunction;
  /** Changes what is known of the room, when it is known. */
  change: (change: (room: RoomState) => RoomState) => void;
  onMode: (mode: ParticipantView['mode']) => void;
};

/**
 * What an audience and its hosts ask of the runtime. What an answer tells is taken over at once, so that nobody
 * waits for the event that tells all the others.
 *
 * Every call rejects with a MeetingError when the runtime refuses it or cannot be reached.
 */
export class AudienceCalls {
  readonly #options: AudienceCallsOptions;

  constructor(options: AudienceCallsOptions) {
    this.#options = options;
  }

  /** Moderators only. */
  async createPoll(poll: SignallingParams<'create-poll'>): Promise<void> {
    const answer = await this.#options.request('create-poll', poll);
    this.#options.change((room) => ({ ...room, audience: withPoll(room.audience, answer.poll) }));
  }

  /** Counts once; a second vote in the same poll is refused. */
  async votePoll(vote: SignallingParams<'vote-poll'>): Promise<void> {
    const { poll } = await this.#options.request('vote-poll', vote);
    this.#options.change((room) => ({
      ...room,
      audience: withPoll(room.audience, poll),
      votes: { ...room.votes, polls: { ...room.votes.polls, [vote.pollId]: vote.optionId } },
    }));
  }

  /** Moderators only. */
  async closePoll(pollId: string): Promise<void> {
    const { poll } = await this.#options.request('close-poll', { pollId });
    this.#options.change((room) => ({ ...room, audience: withPoll(room.audience, poll) }));
  }

  async askQuestion(text: string): Promise<void> {
    const { question } = await this.#options.request('ask-question', { text });
    this.#options.change((room) => ({ ...room, audience: withQuestion(room.audience, question) }));
  }

  async upvoteQuestion(questionId: string): Promise<void> {
    const { question } = await this.#options.request('upvote-question', { questionId });
    this.#options.change((room) => ({
      ...room,
      audience: withQuestion(room.audience, question),
      votes: { ...room.votes, questions: [...room.votes.questions, questionId] },
    }));
  }

  /** Moderators only. */
  async answerQuestion(answer: SignallingParams<'answer-question'>): Promise<void> {
    const { question } = await this.#options.request('answer-question', answer);
    this.#options.change((room) => ({ ...room, audience: withQuestion(room.audience, question) }));
  }

  async sendGift(gift: SignallingParams<'send-gift'>): Promise<void> {
    await this.#options.request('send-gift', gift);
  }

  async sendReaction(reaction: SignallingParams<'send-reaction'>['reaction']): Promise<void> {
    await this.#options.request('send-reaction', { reaction });
  }

  async raiseHand(raised: boolean): Promise<void> {
    await this.#options.request('raise-hand', { raised });
  }

  /** Moderators only: who comes first in the composed picture. */
  async pin(pinnedIds: string[]): Promise<void> {
    const answer = await this.#options.request('pin', { pinnedIds });
    this.#options.change((room) => ({
      ...room,
      audience: { ...room.audience, pinnedIds: answer.pinnedIds },
    }));
  }

  /** Moderators only: asks a viewer on stage, or sends somebody back into the audience. */
  async inviteToStage(stage: SignallingParams<'invite-to-stage'>): Promise<void> {
    await this.#options.request('invite-to-stage', stage);
  }

  /** The invited viewer's answer; after accepting one may publish. */
  async respondStage(accept: boolean): Promise<void> {
    const { mode } = await this.#options.request('respond-stage', { accept });
    this.#options.change((room) => ({ ...room, stageInvitation: null }));
    this.#options.onMode(mode);
  }
}
