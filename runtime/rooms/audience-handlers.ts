import { personOf, pollFor } from './audience/index.ts';
import type { Callers, SignallingHandlers } from './signalling-handlers.ts';

type AudienceMethod =
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
  | 'respond-stage';

/** The calls of those who watch and take part, and of the hosts for them. */
export function audienceHandlers({ inRoom, asHost }: Callers): Pick<SignallingHandlers, AudienceMethod> {
  return {
    'create-poll'(body) {
      const { session, participant } = asHost();
      return { poll: session.audience.createPoll(body, participant.participantId) };
    },
    'vote-poll'({ pollId, optionId }) {
      const { session, participant } = inRoom();
      const poll = session.audience.vote(participant, pollId, optionId);
      return { poll: pollFor(participant.isModerator, poll) };
    },
    'close-poll'({ pollId }) {
      return { poll: asHost().session.audience.closePoll(pollId) };
    },
    'ask-question'({ text }) {
      const { session, participant } = inRoom();
      return { question: session.audience.ask(personOf(participant), text) };
    },
    'upvote-question'({ questionId }) {
      const { session, participant } = inRoom();
      return { question: session.audience.upvote(participant, questionId) };
    },
    'answer-question'({ questionId, ...body }) {
      return { question: asHost().session.audience.answer(questionId, body) };
    },
    'send-gift'({ toId, ...order }) {
      const { session, participant } = inRoom();
      return { gift: session.audience.give(personOf(participant), toId, order) };
    },
    'send-reaction'({ reaction }) {
      const { session, participant } = inRoom();
      session.audience.react(participant, reaction);
      return {};
    },
    'raise-hand'({ raised }) {
      const { session, participant } = inRoom();
      session.audience.moveHand(participant, raised);
      return {};
    },
    pin({ pinnedIds }) {
      const { session } = asHost();
      session.pin(pinnedIds);
      return { pinnedIds: session.pins.pinnedIds };
    },
    'invite-to-stage'({ participantId, onStage }) {
      const { session, participant } = asHost();
      if (onStage) {
        session.stage.invite(participantId, participant.name);
      } else {
        session.stage.dismiss(participantId);
      }
      return {};
    },
    'respond-stage'({ accept }) {
      const { session, participant } = inRoom();
      return { mode: session.stage.respond(participant, accept) };
    },
  };
}
