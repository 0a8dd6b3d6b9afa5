import type { Gift, ParticipantMode, Poll, Question, Reaction } from '../../contract/index.ts';
import type { SessionIdentity } from '../session-identity.ts';
import type { Person } from './person.ts';

/** What of the audience's part is remembered: rows of the store and entries of the event log. */
export type AudienceJournal = {
  pollCreated(session: SessionIdentity, poll: Poll): void;
  pollVoted(session: SessionIdentity, poll: Poll, optionId: string, voter: Person): void;
  pollClosed(session: SessionIdentity, poll: Poll): void;
  questionAsked(session: SessionIdentity, question: Question): void;
  questionUpvoted(session: SessionIdentity, question: Question, upvoter: Person): void;
  questionAnswered(session: SessionIdentity, question: Question): void;
  giftSent(session: SessionIdentity, gift: Gift): void;
  handMoved(session: SessionIdentity, person: Person, raised: boolean): void;
  reactionSent(session: SessionIdentity, person: Person, reaction: Reaction): void;
  pinsChanged(session: SessionIdentity, pinnedIds: readonly string[]): void;
  stageInvited(session: SessionIdentity, person: Person, byName: string): void;
  /** The invitation was answered or taken back; the log does not tell of it. */
  invitationSettled(session: SessionIdentity, person: Person): void;
  modeChanged(session: SessionIdentity, person: Person, mode: ParticipantMode): void;
};
