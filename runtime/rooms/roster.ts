import { RoomflowError, type SignallingEvents } from '../contract/index.ts';
import { notification } from './connection.ts';
import type { Participant } from './participant.ts';

/**
 * Who is in a room or at its door, and who hears what. Viewers hear of the people on stage but not of each
 * other: a thousand of them coming and going would be a million messages.
 */
export class Roster {
  readonly #roomId: string;
  readonly #participants = new Map<string, Participant>();

  constructor(roomId: string) {
    this.#roomId = roomId;
  }

  get isEmpty(): boolean {
    return this.#participants.size === 0;
  }

  all(): Participant[] {
    return [...this.#participants.values()];
  }

  /** Everybody in the room, those coming back included, those at the door not. */
  present(): Participant[] {
    return this.all().filter((participant) => participant.isPresent);
  }

  knocking(): Participant[] {
    return this.all().filter((participant) => participant.isKnocking);
  }

  /** How many of one sort are there: viewers, or people on stage. `exceptId` is not counted. */
  count(sort: { viewers: boolean }, exceptId?: string): number {
    let count = 0;
    for (const participant of this.#participants.values()) {
      if (
        participant.isViewer === sort.viewers &&
        participant.participantId !== exceptId &&
        participant.isPresent
      ) {
        count += 1;
      }
    }
    return count;
  }

  find(participantId: string): Participant | undefined {
    return this.#participants.get(participantId);
  }

  /** The participant, or `participant-not-found` with who is there instead. */
  require(participantId: string): Participant {
    const participant = this.#participants.get(participantId);
    if (!participant?.isPresent) {
      const there = this.present().map((one) => one.participantId);
      throw new RoomflowError(
        'participant-not-found',
        `Participant "${participantId}" is not in room "${this.#roomId}". ` +
          (there.length > 0 ? `In the room: ${there.slice(0, 10).join(', ')}.` : 'Nobody is in the room.'),
      );
    }
    return participant;
  }

  add(participant: Participant): void {
    this.#participants.set(participant.participantId, participant);
  }

  /** Without effect when another one has the id by now. */
  delete(participant: Participant): void {
    if (this.#participants.get(participant.participantId) === participant) {
      this.#participants.delete(participant.participantId);
    }
  }

  toAll<E extends keyof SignallingEvents>(event: E, data: SignallingEvents[E]): void {
    this.#tell(this.present(), event, data);
  }

  /** To everybody but `subject` who is told of it. */
  toOthers<E extends keyof SignallingEvents>(
    subject: Participant,
    event: E,
    data: SignallingEvents[E],
  ): void {
    const others = this.present().filter((one) => one !== subject && hearsOf(one, subject));
    this.#tell(others, event, data);
  }

  /** To those who are not told of `subject`, now that it watches as they do. */
  toOnlookers<E extends keyof SignallingEvents>(
    subject: Participant,
    event: E,
    data: SignallingEvents[E],
  ): void {
    const onlookers = this.present().filter((one) => one !== subject && !hearsOf(one, subject));
    this.#tell(onlookers, event, data);
  }

  /** To those whom `fits` takes. */
  toThose<E extends keyof SignallingEvents>(
    fits: (participant: Participant) => boolean,
    event: E,
    data: SignallingEvents[E],
  ): void {
    this.#tell(this.present().filter(fits), event, data);
  }

  /** Those whom `receiver` is told of, itself included. */
  seenBy(receiver: Participant): Participant[] {
    return this.present().filter((one) => one === receiver || hearsOf(receiver, one));
  }

  /** One message for all of them, so that the wire need write it as JSON only once. */
  #tell<E extends keyof SignallingEvents>(
    receivers: Participant[],
    event: E,
    data: SignallingEvents[E],
  ): void {
    const message = notification(event, data);
    for (const receiver of receivers) {
      receiver.connection.notify(message);
    }
  }
}

const hearsOf = (receiver: Participant, subject: Participant): boolean =>
  !subject.isViewer || !receiver.isViewer || receiver.isModerator;
