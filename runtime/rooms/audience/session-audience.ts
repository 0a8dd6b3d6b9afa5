import type { Static } from 'typebox';
import {
  RoomflowError,
  type AnswerQuestionBody,
  type Audience,
  type CreatePollBody,
  type Gift,
  type Joined,
  type Poll,
  type Question,
  type Reaction,
} from '../../contract/index.ts';
import type { Participant } from '../participant.ts';
import type { Roster } from '../roster.ts';
import type { SessionIdentity } from '../session-identity.ts';
import type { AudienceSnapshot } from './audience-snapshot.ts';
import { Gathered } from './gathered.ts';
import { wrapGift, type GiftOrder, type GiftReceiver } from './gifts.ts';
import { Hands } from './hands.ts';
import type { AudienceJournal } from './journal.ts';
import { personOf, type Person } from './person.ts';
import { Polls } from './polls.ts';
import { Questions } from './questions.ts';
import { RateLimit, type Rate } from './rate-limit.ts';
import { pollFor } from './tally.ts';

/** How long changes of what many see at once are gathered before they are told. */
const GATHER_MS = 200;
const GATHER_VIEWERS_MS = 500;

/** For one person; what a workflow does is not limited. */
const rates = {
  reaction: { burst: 5, perSecond: 2 },
  gift: { burst: 5, perSecond: 1 },
  question: { burst: 3, perSecond: 0.1 },
} as const satisfies Record<string, Rate>;
/** For the whole room: each reaction goes to everybody, at a thousand viewers 50 000 messages a second. */
const roomReactionRate: Rate = { burst: 100, perSecond: 50 };

/**
 * What those who watch a session do: polls, questions, gifts, reactions, raised hands. The polls that its calls
 * give back show their whole tally; the ones it tells to viewers do not, while their results are hidden.
 */
export class SessionAudience {
  readonly #session: SessionIdentity;
  readonly #roster: Roster;
  readonly #journal: AudienceJournal;
  readonly #polls: Polls;
  readonly #questions: Questions;
  readonly #hands = new Hands();
  readonly #gathered = new Gathered();
  readonly #reactionLimit = new RateLimit(rates.reaction);
  readonly #giftLimit = new RateLimit(rates.gift);
  readonly #questionLimit = new RateLimit(rates.question);
  readonly #roomReactionLimit = new RateLimit(roomReactionRate);
  #hls: Audience['hls'] = null;

  constructor(options: { session: SessionIdentity; roster: Roster; journal: AudienceJournal }) {
    this.#session = options.session;
    this.#roster = options.roster;
    this.#journal = options.journal;
    this.#polls = new Polls({
      roomId: options.session.roomId,
      sessionId: options.session.sessionId,
      onClosed: (poll) => {
        this.#journal.pollClosed(this.#session, poll);
        this.#tellPoll(poll);
      },
    });
    this.#questions = new Questions(options.session);
  }

  /** Takes up what was done before a restart. */
  restore({ polls, questions, hands }: AudienceSnapshot): void {
    for (const { poll, votes } of polls) {
      this.#polls.restore(poll, votes);
    }
    for (const { question, upvoterIds } of questions) {
      this.#questions.restore(question, upvoterIds);
    }
    for (const person of hands) {
      this.#hands.raise(person);
    }
  }

  findPoll(pollId: string): Poll | undefined {
    return this.#polls.find(pollId);
  }

  findQuestion(questionId: string): Question | undefined {
    return this.#questions.find(questionId);
  }

  createPoll(body: Static<typeof CreatePollBody>, createdById: string): Poll {
    const poll = this.#polls.create(body, createdById);
    this.#journal.pollCreated(this.#session, poll);
    this.#tellPoll(poll);
    return poll;
  }

  /** One vote a participant, however often it has come back meanwhile. */
  vote(participant: Participant, pollId: string, optionId: string): Poll {
    const poll = this.#polls.vote(pollId, optionId, participant.participantId);
    this.#journal.pollVoted(this.#session, poll, optionId, personOf(participant));
    this.#gathered.soon(pollId, GATHER_MS, () => {
      this.#tellPoll(this.#polls.get(pollId));
    });
    return poll;
  }

  closePoll(pollId: string): Poll {
    return this.#polls.close(pollId);
  }

  ask(person: Person, text: string): Question {
    this.#requireRate(this.#questionLimit, person, 'asks many questions');
    const question = this.#questions.ask(person, text);
    this.#journal.questionAsked(this.#session, question);
    this.#tellQuestionSoon(question.questionId);
    return question;
  }

  upvote(participant: Participant, questionId: string): Question {
    const question = this.#questions.upvote(questionId, participant.participantId);
    this.#journal.questionUpvoted(this.#session, question, personOf(participant));
    this.#tellQuestionSoon(questionId);
    return question;
  }

  answer(questionId: string, body: Static<typeof AnswerQuestionBody>): Question {
    const question = this.#questions.answer(questionId, body);
    this.#journal.questionAnswered(this.#session, question);
    this.#tellQuestionSoon(questionId);
    return question;
  }

  /** @param toId a participant; undefined for the creator, the moderator who has been there longest */
  give(from: Person, toId: string | undefined, order: GiftOrder): Gift {
    const receiver = this.#giftReceiver(toId);
    this.#requireRate(this.#giftLimit, from, 'sends many gifts');
    const gift = wrapGift(this.#session, from, receiver, order, Date.now());
    this.#journal.giftSent(this.#session, gift);
    this.#roster.toAll('gift-sent', { gift });
    return gift;
  }

  /** Told live and not kept. */
  react(participant: Participant, reaction: Reaction): void {
    const person = personOf(participant);
    this.#requireRate(this.#reactionLimit, person, 'sends many reactions');
    if (!this.#roomReactionLimit.take(this.#session.sessionId)) {
      throw new RoomflowError(
        'too-many-requests',
        `Very many react in room "${this.#session.roomId}" now; try again in a moment.`,
      );
    }
    this.#journal.reactionSent(this.#session, person, reaction);
    this.#roster.toAll('reaction-sent', { ...person, reaction });
  }

  moveHand(participant: Participant, raised: boolean): void {
    const person = personOf(participant);
    const moved = raised ? this.#hands.raise(person) : this.#hands.lower(person.participantId);
    if (moved) {
      this.#journal.handMoved(this.#session, person, raised);
      this.#gathered.soon('hands', GATHER_MS, () => {
        this.#roster.toAll('hands-changed', { hands: this.#hands.shown() });
      });
    }
  }

  /** The stream that viewers watch, or null when it is over. */
  showHls(hls: Audience['hls']): void {
    this.#hls = hls;
    this.#roster.toAll('hls-changed', { hls });
  }

  /** A viewer came or went. */
  viewersChanged(): void {
    this.#gathered.soon('viewers', GATHER_VIEWERS_MS, () => {
      this.#roster.toAll('viewers-changed', { viewers: this.#viewers() });
    });
  }

  /** `participant` is gone: its hand is down; its votes stay, and so does how much it may do if it comes back. */
  departed(participant: Participant): void {
    this.moveHand(participant, false);
  }

  view(maySeeResults: boolean): Omit<Audience, 'pinnedIds'> {
    return {
      viewers: this.#viewers(),
      polls: this.#polls.remembered().map((poll) => pollFor(maySeeResults, poll)),
      questions: this.#questions.remembered(),
      hands: this.#hands.shown(),
      hls: this.#hls,
    };
  }

  votesOf(participantId: string): Joined['votes'] {
    return {
      polls: this.#polls.votesOf(participantId),
      questions: this.#questions.upvotedBy(participantId),
    };
  }

  /** The session is over: polls that are open close. */
  end(): void {
    this.#polls.closeAll();
    this.#gathered.dispose();
  }

  #viewers(): number {
    return this.#roster.count({ viewers: true });
  }

  #giftReceiver(toId: string | undefined): GiftReceiver {
    if (toId !== undefined) {
      return { toId, toName: this.#roster.require(toId).name };
    }
    const creator = this.#roster.present().find((participant) => participant.isModerator);
    return { toId: null, toName: creator?.name ?? 'The host' };
  }

  #requireRate(limit: RateLimit, person: Person, what: string): void {
    if (this.#roster.find(person.participantId) && !limit.take(person.participantId)) {
      throw new RoomflowError(
        'too-many-requests',
        `"${person.participantName}" ${what} in a short time; try again in a moment.`,
      );
    }
  }

  #tellPoll(poll: Poll): void {
    this.#gathered.drop(poll.pollId);
    const concealed = pollFor(false, poll);
    if (concealed === poll) {
      this.#roster.toAll('poll-changed', { poll });
      return;
    }
    this.#roster.toThose(({ isModerator }) => isModerator, 'poll-changed', { poll });
    this.#roster.toThose(({ isModerator }) => !isModerator, 'poll-changed', { poll: concealed });
  }

  #tellQuestionSoon(questionId: string): void {
    this.#gathered.soon(questionId, GATHER_MS, () => {
      this.#roster.toAll('question-changed', { question: this.#questions.get(questionId) });
    });
  }
}
