import type { EventType, Poll } from '../../contract/index.ts';
import type { EventContent, EventLog } from '../../events/index.ts';
import {
  closePoll,
  insertGift,
  insertPoll,
  insertPollVote,
  insertQuestion,
  insertQuestionUpvote,
  listOpenPolls,
  startModeSpan,
  updateLiveParticipant,
  updateLiveSession,
  updateQuestion,
  type Store,
} from '../../store/index.ts';
import type { AudienceJournal } from './journal.ts';
import { storedPollView } from './stored-poll-view.ts';

type Scope = { roomId: string; sessionId: string };

/**
 * Keeps what the audience does in the store and appends its events; each call is one transaction. Events show
 * the whole tally of a poll also while it is hidden: who reads them runs the meeting and does not watch it.
 */
export function createStoredAudienceJournal(store: Store, events: EventLog): AudienceJournal {
  const now = (): string => new Date().toISOString();

  function append<T extends EventType>(
    { roomId, sessionId }: Scope,
    type: T,
    data: EventContent<T>['data'],
  ): void {
    events.append(type, { roomId, sessionId, data });
  }

  return {
    pollCreated(session, poll) {
      const { roomId, sessionId, question, options, hideResults, createdById, createdAt } = poll;
      const { id, closesAt, closedAt } = poll;
      store.transact(() => {
        insertPoll(store, {
          id,
          roomId,
          sessionId,
          question,
          options: options.map(({ optionId, text }) => ({ optionId, text })),
          hideResults,
          createdById,
          createdAt,
          closesAt,
          closedAt,
        });
        append(session, 'poll-created', { pollId: id, poll });
      });
    },
    pollVoted(session, poll, optionId, voter) {
      const { pollId } = poll;
      store.transact(() => {
        insertPollVote(store, { pollId, participantId: voter.participantId, optionId, at: now() });
        append(session, 'poll-voted', { pollId, optionId, ...voter, poll });
      });
    },
    pollClosed(session, poll) {
      store.transact(() => {
        closePoll(store, poll.pollId, poll.closedAt ?? now());
        append(session, 'poll-closed', { pollId: poll.pollId, poll });
      });
    },
    questionAsked(session, question) {
      const { questionId, participantId, participantName } = question;
      store.transact(() => {
        const { questionId: _questionId, ...columns } = question;
        insertQuestion(store, columns);
        append(session, 'question-asked', { questionId, participantId, participantName, question });
      });
    },
    questionUpvoted(session, question, upvoter) {
      const { questionId } = question;
      store.transact(() => {
        insertQuestionUpvote(store, { questionId, participantId: upvoter.participantId, at: now() });
        append(session, 'question-upvoted', { questionId, ...upvoter, question });
      });
    },
    questionAnswered(session, question) {
      const { questionId, status, answer, answeredAt } = question;
      store.transact(() => {
        updateQuestion(store, questionId, { status, answer, answeredAt });
        append(session, 'question-answered', { questionId, question });
      });
    },
    giftSent(session, gift) {
      store.transact(() => {
        const { giftId, ...columns } = gift;
        insertGift(store, columns);
        append(session, 'gift-sent', { giftId, gift });
      });
    },
    handMoved(session, person, raised) {
      store.transact(() => {
        updateLiveParticipant(store, session.sessionId, person.participantId, {
          handRaisedAt: raised ? now() : null,
        });
        append(session, raised ? 'hand-raised' : 'hand-lowered', { ...person });
      });
    },
    reactionSent(session, person, reaction) {
      append(session, 'reaction-sent', { ...person, reaction });
    },
    pinsChanged(session, pinnedIds) {
      store.transact(() => {
        updateLiveSession(store, session.sessionId, { pinnedIds: [...pinnedIds] });
        append(session, 'pin-state-changed', { pinnedIds: [...pinnedIds] });
      });
    },
    stageInvited(session, person, byName) {
      store.transact(() => {
        updateLiveParticipant(store, session.sessionId, person.participantId, { invitedBy: byName });
        append(session, 'stage-invited', { ...person });
      });
    },
    invitationSettled(session, person) {
      updateLiveParticipant(store, session.sessionId, person.participantId, { invitedBy: null });
    },
    modeChanged(session, person, mode) {
      store.transact(() => {
        startModeSpan(store, {
          sessionId: session.sessionId,
          participantId: person.participantId,
          mode,
          start: now(),
        });
        append(session, 'participant-mode-changed', { ...person, mode });
      });
    },
  };
}

/** Closes the polls that a runtime which died has left open in a session, and tells of it. */
export function closePollsOf(store: Store, events: EventLog, sessionId: string, closedAt: string): void {
  for (const stored of listOpenPolls(store, sessionId)) {
    closePoll(store, stored.id, closedAt);
    const poll: Poll = storedPollView(store, { ...stored, closedAt });
    events.append('poll-closed', {
      roomId: stored.roomId,
      sessionId,
      data: { pollId: poll.pollId, poll },
    });
  }
}
