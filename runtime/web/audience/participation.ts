import { signal, type ReadonlySignal } from '@preact/signals';
import type { Gift, Question, Reaction, SignallingParams } from '../../contract/index.ts';
import { MeetingError, type MeetingClient, type MeetingNotice, type RoomState } from '../client/index.ts';
import type { Toasts } from '../shared/index.ts';

/** The parts of taking part that are shown one at a time. */
export type Section = 'chat' | 'polls' | 'questions' | 'hands' | 'transcript';

/** A reaction on its way up; `lane` is its place from left (0) to right (1). */
export type FloatingReaction = { id: number; reaction: Reaction; lane: number; own: boolean };

export type ParticipationOptions = {
  room: () => RoomState | null;
  client: () => MeetingClient | null;
  toasts: Toasts;
};

export const CHAT_TOPIC = 'CHAT';

const FLOATS_FOR_MS = 3_400;
/** More at once hide the picture and show nothing more. */
const FLOATING_AT_MOST = 30;
const GIFT_SHOWN_FOR_MS = 5_500;
const GIFTS_SHOWN_AT_MOST = 2;
const INVITED_FOR_MS = 30_000;
const nothingUnread: Readonly<Record<Section, number>> = {
  chat: 0,
  polls: 0,
  questions: 0,
  hands: 0,
  transcript: 0,
};

/** What one person says and does as part of an audience, or for one as its host, and what is news to them. */
export class Participation {
  readonly #options: ParticipationOptions;
  readonly #unread = signal(nothingUnread);
  readonly #floating = signal<readonly FloatingReaction[]>([]);
  readonly #gifts = signal<readonly Gift[]>([]);
  readonly #giftsOnShow = signal<readonly Gift[]>([]);
  readonly #invited = signal<readonly string[]>([]);
  #shown: Section | null = null;
  #floated = 0;

  constructor(options: ParticipationOptions) {
    this.#options = options;
  }

  get room(): RoomState | null {
    return this.#options.room();
  }

  /** What came in since each section was last on show. */
  get unread(): ReadonlySignal<Readonly<Record<Section, number>>> {
    return this.#unread;
  }

  get floating(): ReadonlySignal<readonly FloatingReaction[]> {
    return this.#floating;
  }

  /** Every gift since joining, oldest first. */
  get gifts(): ReadonlySignal<readonly Gift[]> {
    return this.#gifts;
  }

  /** Gifts that have their moment on the screen. */
  get giftsOnShow(): ReadonlySignal<readonly Gift[]> {
    return this.#giftsOnShow;
  }

  /** Viewers who were lately asked on stage. */
  get invited(): ReadonlySignal<readonly string[]> {
    return this.#invited;
  }

  /** Which section the person looks at; null for none. */
  show(section: Section | null): void {
    this.#shown = section;
    if (section !== null && this.#unread.value[section] > 0) {
      this.#unread.value = { ...this.#unread.value, [section]: 0 };
      // What they told of is now before the person.
      this.#options.toasts.clear();
    }
  }

  /** @returns whether it went through; if not, the person has been told why. So do all of the following. */
  sendChat(message: string): Promise<boolean> {
    return this.#attempt('The message was not sent.', (client) => client.sendMessage(CHAT_TOPIC, message));
  }

  createPoll(poll: SignallingParams<'create-poll'>): Promise<boolean> {
    return this.#attempt('The poll was not opened.', ({ audience }) => audience.createPoll(poll));
  }

  vote(pollId: string, optionId: string): Promise<boolean> {
    return this.#attempt('Your vote was not counted.', ({ audience }) =>
      audience.votePoll({ pollId, optionId }),
    );
  }

  closePoll(pollId: string): Promise<boolean> {
    return this.#attempt('The poll was not closed.', ({ audience }) => audience.closePoll(pollId));
  }

  ask(text: string): Promise<boolean> {
    return this.#attempt('The question was not sent.', ({ audience }) => audience.askQuestion(text));
  }

  upvote(questionId: string): Promise<boolean> {
    return this.#attempt('Your vote was not counted.', ({ audience }) => audience.upvoteQuestion(questionId));
  }

  answer(answer: SignallingParams<'answer-question'>): Promise<boolean> {
    return this.#attempt('The answer did not go through.', ({ audience }) => audience.answerQuestion(answer));
  }

  give(gift: SignallingParams<'send-gift'>): Promise<boolean> {
    return this.#attempt('The gift was not sent.', ({ audience }) => audience.sendGift(gift));
  }

  react(reaction: Reaction): Promise<boolean> {
    this.#float(reaction, true);
    return this.#attempt('The reaction was not sent.', ({ audience }) => audience.sendReaction(reaction));
  }

  raiseHand(raised: boolean): Promise<boolean> {
    return this.#attempt('That did not go through.', ({ audience }) => audience.raiseHand(raised));
  }

  pin(pinnedIds: string[]): Promise<boolean> {
    return this.#attempt('Pinning did not work.', ({ audience }) => audience.pin(pinnedIds));
  }

  async invite(participantId: string): Promise<boolean> {
    const went = await this.#attempt('The invitation was not sent.', ({ audience }) =>
      audience.inviteToStage({ participantId, onStage: true }),
    );
    if (went) {
      const others = (): string[] => this.#invited.value.filter((id) => id !== participantId);
      this.#invited.value = [...others(), participantId];
      setTimeout(() => (this.#invited.value = others()), INVITED_FOR_MS);
    }
    return went;
  }

  sendToAudience(participantId: string): Promise<boolean> {
    return this.#attempt('That did not go through.', ({ audience }) =>
      audience.inviteToStage({ participantId, onStage: false }),
    );
  }

  respondStage(accept: boolean): Promise<boolean> {
    return this.#attempt('The answer did not go through.', ({ audience }) => audience.respondStage(accept));
  }

  /** Takes in what the runtime told. */
  tell({ notification, before }: MeetingNotice): void {
    switch (notification.event) {
      case 'message': {
        const { topic, senderId, senderName, message } = notification.data;
        if (topic === CHAT_TOPIC && senderId !== before?.selfId) {
          this.#news('chat', `${senderName}: ${shortened(message)}`);
        }
        return;
      }
      case 'poll-changed': {
        const { poll } = notification.data;
        const known = before?.audience.polls.find(({ pollId }) => pollId === poll.pollId);
        if (known === undefined && poll.createdById !== before?.selfId) {
          this.#news('polls', `New poll: ${shortened(poll.question)}`);
        } else if (known?.status === 'open' && poll.status === 'closed') {
          this.#news('polls', `Poll closed: ${shortened(poll.question)}`);
        }
        return;
      }
      case 'question-changed':
        this.#tellQuestion(notification.data.question, before);
        return;
      case 'hands-changed': {
        const raised = notification.data.hands.filter(
          ({ participantId }) =>
            before?.audience.hands.some((one) => one.participantId === participantId) !== true,
        );
        if (before?.isModerator === true) {
          raised.forEach(({ participantName }) => this.#news('hands', `${participantName} raised a hand`));
        }
        return;
      }
      case 'stage-responded': {
        const { participantName, accepted } = notification.data;
        this.#options.toasts.show(
          accepted
            ? `${participantName} comes on stage`
            : `${participantName} would rather not come on stage`,
        );
        return;
      }
      case 'reaction-sent': {
        const { participantId, reaction } = notification.data;
        if (participantId !== before?.selfId) {
          this.#float(reaction, false);
        }
        return;
      }
      case 'gift-sent':
        this.#showGift(notification.data.gift);
        return;
      default:
    }
  }

  #tellQuestion(question: Question, before: RoomState | null): void {
    const known = before?.audience.questions.find(({ questionId }) => questionId === question.questionId);
    if (known === undefined && question.participantId !== before?.selfId) {
      this.#news('questions', before?.isModerator === true ? `Question: ${shortened(question.text)}` : null);
    } else if (known?.status === 'open' && question.status === 'answered') {
      this.#news(
        'questions',
        question.participantId === before?.selfId ? 'Your question was answered' : null,
      );
    }
  }

  /** Counts what came in out of sight, and says so when there is something to say. */
  #news(section: Section, text: string | null): void {
    if (this.#shown === section) {
      return;
    }
    this.#unread.value = { ...this.#unread.value, [section]: this.#unread.value[section] + 1 };
    if (text !== null) {
      this.#options.toasts.show(text);
    }
  }

  #float(reaction: Reaction, own: boolean): void {
    this.#floated += 1;
    // The golden ratio spreads what comes one after the other over the whole width.
    const floating = { id: this.#floated, reaction, lane: (this.#floated * 0.618_034) % 1, own };
    this.#floating.value = [...this.#floating.value, floating].slice(-FLOATING_AT_MOST);
    setTimeout(() => {
      this.#floating.value = this.#floating.value.filter(({ id }) => id !== floating.id);
    }, FLOATS_FOR_MS);
  }

  #showGift(gift: Gift): void {
    if (this.#gifts.value.some(({ giftId }) => giftId === gift.giftId)) {
      return;
    }
    this.#gifts.value = [...this.#gifts.value, gift];
    this.#giftsOnShow.value = [...this.#giftsOnShow.value, gift].slice(-GIFTS_SHOWN_AT_MOST);
    setTimeout(() => {
      this.#giftsOnShow.value = this.#giftsOnShow.value.filter(({ giftId }) => giftId !== gift.giftId);
    }, GIFT_SHOWN_FOR_MS);
  }

  async #attempt(failure: string, action: (client: MeetingClient) => Promise<void>): Promise<boolean> {
    try {
      const client = this.#options.client();
      if (client === null) {
        return false;
      }
      await action(client);
      return true;
    } catch (error) {
      this.#options.toasts.show(`${failure} ${MeetingError.from(error).message}`, 'warning');
      return false;
    }
  }
}

const shortened = (text: string): string => (text.length > 120 ? `${text.slice(0, 120)}…` : text);
