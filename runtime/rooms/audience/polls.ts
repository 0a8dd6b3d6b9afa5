import { randomBytes } from 'node:crypto';
import type { Static } from 'typebox';
import { createActor, type ActorOptions, type Actor } from 'xstate';
import { RoomflowError, type CreatePollBody, type Poll } from '../../contract/index.ts';
import { pollMachine } from './poll-machine.ts';
import { tallied } from './tally.ts';

/** More at a time nobody can answer, and every joiner is told of all of them. */
const MAX_OPEN_POLLS = 20;
/** How many of those that are over a late joiner is still told of. */
const REMEMBERED_CLOSED_POLLS = 20;

type LivePoll = {
  poll: Poll;
  /** Option by participant: one vote each. */
  readonly votes: Map<string, string>;
  readonly lifecycle: Actor<typeof pollMachine>;
};

export type PollsOptions = {
  roomId: string;
  sessionId: string;
  /** Called once for each poll, with its final tally, however it came to be closed. */
  onClosed(poll: Poll): void;
  /** Milliseconds since 1970. */
  now?: () => number;
  clock?: ActorOptions<typeof pollMachine>['clock'];
};

/** The polls of one session. Every poll given out shows its whole tally; hiding it is the teller's business. */
export class Polls {
  readonly #options: PollsOptions;
  readonly #now: () => number;
  readonly #polls = new Map<string, LivePoll>();

  constructor(options: PollsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  find(pollId: string): Poll | undefined {
    return this.#polls.get(pollId)?.poll;
  }

  get(pollId: string): Poll {
    return this.#require(pollId).poll;
  }

  /** What a late joiner is told of: all that are open and the newest that are closed, oldest first. */
  remembered(): Poll[] {
    const all = [...this.#polls.values()].map(({ poll }) => poll);
    const closed = all.filter(({ status }) => status === 'closed').slice(-REMEMBERED_CLOSED_POLLS);
    return all.filter((poll) => poll.status === 'open' || closed.includes(poll));
  }

  /** What a participant has voted for, by poll. */
  votesOf(participantId: string): Record<string, string> {
    return Object.fromEntries(
      [...this.#polls].flatMap(([pollId, { votes }]) => {
        const optionId = votes.get(participantId);
        return optionId === undefined ? [] : [[pollId, optionId]];
      }),
    );
  }

  /** @throws RoomflowError `invalid-request`, `too-many-requests` */
  create(body: Static<typeof CreatePollBody>, createdById: string): Poll {
    requireAnswerable(body);
    const openCount = [...this.#polls.values()].filter(({ poll }) => poll.status === 'open').length;
    if (openCount >= MAX_OPEN_POLLS) {
      throw new RoomflowError(
        'too-many-requests',
        `Room "${this.#options.roomId}" has ${openCount} open polls; close one before asking another.`,
      );
    }
    const createdAtMs = this.#now();
    const openForMs = body.durationSeconds === undefined ? null : body.durationSeconds * 1000;
    const pollId = `poll_${randomBytes(9).toString('base64url')}`;
    const poll: Poll = {
      id: pollId,
      pollId,
      roomId: this.#options.roomId,
      sessionId: this.#options.sessionId,
      question: body.question,
      ...tallied(
        body.options.map((text, index) => ({ optionId: String(index + 1), text })),
        [],
      ),
      hideResults: body.hideResults ?? false,
      status: 'open',
      createdById,
      createdAt: new Date(createdAtMs).toISOString(),
      closesAt: openForMs === null ? null : new Date(createdAtMs + openForMs).toISOString(),
      closedAt: null,
    };
    this.#open(poll, new Map(), openForMs);
    return poll;
  }

  /** Takes up a poll of before a restart; one whose time is up meanwhile closes at once. */
  restore(poll: Poll, votes: ReadonlyMap<string, string>): void {
    const openForMs = poll.closesAt === null ? null : Math.max(0, Date.parse(poll.closesAt) - this.#now());
    this.#open(poll, new Map(votes), openForMs);
  }

  /** @throws RoomflowError `poll-not-found`, `poll-closed`, `invalid-request` (no such option), `already-voted` */
  vote(pollId: string, optionId: string, participantId: string): Poll {
    const live = this.#require(pollId);
    requireOpen(live.poll);
    const { options } = live.poll;
    if (!options.some((option) => option.optionId === optionId)) {
      throw new RoomflowError(
        'invalid-request',
        `Poll "${pollId}" has no option "${optionId}"; it has ${options.map((one) => one.optionId).join(', ')}.`,
      );
    }
    const before = live.votes.get(participantId);
    if (before !== undefined) {
      throw new RoomflowError(
        'already-voted',
        `Participant "${participantId}" has voted for option "${before}" of poll "${pollId}" already.`,
      );
    }
    live.votes.set(participantId, optionId);
    live.poll = { ...live.poll, ...tallied(options, live.votes.values()) };
    return live.poll;
  }

  /** @throws RoomflowError `poll-not-found`, `poll-closed` */
  close(pollId: string): Poll {
    const live = this.#require(pollId);
    requireOpen(live.poll);
    live.lifecycle.send({ type: 'close' });
    return live.poll;
  }

  /** Closes whatever is open, because the session is over. */
  closeAll(): void {
    for (const { poll, lifecycle } of this.#polls.values()) {
      if (poll.status === 'open') {
        lifecycle.send({ type: 'close' });
      }
    }
  }

  #open(poll: Poll, votes: Map<string, string>, openForMs: number | null): void {
    const { clock } = this.#options;
    const lifecycle = createActor(pollMachine, {
      input: { openForMs },
      ...(clock === undefined ? {} : { clock }),
    });
    this.#polls.set(poll.pollId, { poll, votes, lifecycle });
    if (poll.status === 'closed') {
      return;
    }
    lifecycle.subscribe((snapshot) => {
      if (snapshot.status === 'done') {
        this.#closed(poll.pollId);
      }
    });
    lifecycle.start();
  }

  #closed(pollId: string): void {
    const live = this.#require(pollId);
    const closesAtMs = live.poll.closesAt === null ? Infinity : Date.parse(live.poll.closesAt);
    const closedAt = new Date(Math.min(this.#now(), closesAtMs)).toISOString();
    live.poll = { ...live.poll, status: 'closed', closedAt };
    this.#options.onClosed(live.poll);
  }

  #require(pollId: string): LivePoll {
    const live = this.#polls.get(pollId);
    if (!live) {
      throw new RoomflowError(
        'poll-not-found',
        `There is no poll "${pollId}" in the session that is live in room "${this.#options.roomId}".`,
      );
    }
    return live;
  }
}

function requireOpen({ pollId, status, closedAt }: Poll): void {
  if (status === 'closed') {
    throw new RoomflowError(
      'poll-closed',
      `Poll "${pollId}" was closed at ${closedAt ?? 'an unknown time'}.`,
    );
  }
}

function requireAnswerable({ question, options }: Static<typeof CreatePollBody>): void {
  if ([question, ...options].some((text) => text.trim() === '')) {
    throw new RoomflowError('invalid-request', 'The question and every option of a poll need a text.');
  }
  const twice = options.find((text, index) => options.indexOf(text) !== index);
  if (twice !== undefined) {
    throw new RoomflowError(
      'invalid-request',
      `The options of a poll must differ; "${twice}" is there twice.`,
    );
  }
}
