import { RoomflowError, type ParticipantMode } from '../../contract/index.ts';
import { notification } from '../connection.ts';
import type { Participant } from '../participant.ts';
import type { Roster } from '../roster.ts';
import type { SessionIdentity } from '../session-identity.ts';
import type { AudienceJournal } from './journal.ts';
import { personOf } from './person.ts';

/** What changing somebody's mode does beside changing it. */
export type StageEffects = {
  /** Refuses with `room-full` when `participant` would be one too many on stage. */
  requirePlace(participant: Participant): void;
  /** The mode of `participant` is the new one already. */
  modeChanged(participant: Participant): void;
};

/** Who may come from the audience on stage, and goes back. */
export class Stage {
  readonly #session: SessionIdentity;
  readonly #roster: Roster;
  readonly #journal: AudienceJournal;
  readonly #effects: StageEffects;
  /** Who invited, by participant, until there is an answer. */
  readonly #invitations = new Map<string, string>();

  constructor(options: {
    session: SessionIdentity;
    roster: Roster;
    journal: AudienceJournal;
    effects: StageEffects;
  }) {
    this.#session = options.session;
    this.#roster = options.roster;
    this.#journal = options.journal;
    this.#effects = options.effects;
  }

  /** Takes up the invitations of before a restart: who invited, by the invited one's id. */
  restore(invitations: ReadonlyMap<string, string>): void {
    for (const [participantId, byName] of invitations) {
      this.#invitations.set(participantId, byName);
    }
  }

  invitationOf(participantId: string): { byName: string } | null {
    const byName = this.#invitations.get(participantId);
    return byName === undefined ? null : { byName };
  }

  /**
   * Asks somebody to come on stage; whoever is there already stays there, and nothing happens.
   *
   * @throws RoomflowError `participant-not-found`, `room-full`
   */
  invite(participantId: string, byName: string): Participant {
    const participant = this.#roster.require(participantId);
    if (participant.mode === 'SEND_AND_RECV') {
      return participant;
    }
    this.#effects.requirePlace(participant);
    this.#invitations.set(participantId, byName);
    this.#journal.stageInvited(this.#session, personOf(participant), byName);
    participant.connection.notify(notification('stage-invited', { byName }));
    return participant;
  }

  /**
   * Brings somebody into the audience, or takes an invitation back that has not been answered.
   *
   * @throws RoomflowError `participant-not-found`
   */
  dismiss(participantId: string): Participant {
    const participant = this.#roster.require(participantId);
    this.#settle(participant);
    this.#change(participant, 'SIGNALLING_ONLY');
    return participant;
  }

  /**
   * The invited one's answer.
   *
   * @throws RoomflowError `not-invited`, `room-full` (the invitation stands)
   */
  respond(participant: Participant, accepted: boolean): ParticipantMode {
    const { participantId, name: participantName } = participant;
    if (!this.#invitations.has(participantId)) {
      throw new RoomflowError(
        'not-invited',
        `Participant "${participantId}" has not been invited to the stage, or the invitation was taken back.`,
      );
    }
    if (accepted) {
      this.#effects.requirePlace(participant);
    }
    this.#settle(participant);
    this.#roster.toThose(({ isModerator }) => isModerator, 'stage-responded', {
      participantId,
      participantName,
      accepted,
    });
    if (accepted) {
      this.#change(participant, 'SEND_AND_RECV');
    }
    return participant.mode;
  }

  departed({ participantId }: Participant): void {
    this.#invitations.delete(participantId);
  }

  #settle(participant: Participant): void {
    if (this.#invitations.delete(participant.participantId)) {
      this.#journal.invitationSettled(this.#session, personOf(participant));
    }
  }

  #change(participant: Participant, mode: ParticipantMode): void {
    if (participant.mode === mode) {
      return;
    }
    participant.mode = mode;
    this.#journal.modeChanged(this.#session, personOf(participant), mode);
    participant.connection.notify(notification('mode-changed', { mode }));
    this.#effects.modeChanged(participant);
  }
}
