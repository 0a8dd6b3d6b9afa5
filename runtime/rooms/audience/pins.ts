import { RoomflowError } from '../../contract/index.ts';
import type { MediaPlane } from '../media-plane.ts';
import type { Participant } from '../participant.ts';
import type { Roster } from '../roster.ts';
import type { SessionIdentity } from '../session-identity.ts';
import type { AudienceJournal } from './journal.ts';

/** Who comes first in the composed picture: told to clients, the event log and the media plane. */
export class Pins {
  readonly #session: SessionIdentity;
  readonly #roster: Roster;
  readonly #media: MediaPlane;
  readonly #journal: AudienceJournal;
  #pinnedIds: readonly string[] = [];

  constructor(options: {
    session: SessionIdentity;
    roster: Roster;
    media: MediaPlane;
    journal: AudienceJournal;
  }) {
    this.#session = options.session;
    this.#roster = options.roster;
    this.#media = options.media;
    this.#journal = options.journal;
  }

  /** First first. */
  get pinnedIds(): string[] {
    return [...this.#pinnedIds];
  }

  /** Takes up what was pinned before a restart. */
  restore(pinnedIds: readonly string[]): void {
    this.#pinnedIds = [...pinnedIds];
    this.#media.setPins(this.#session.sessionId, this.pinnedIds);
  }

  /** @throws RoomflowError `participant-not-found`, `invalid-request` for somebody who only watches */
  set(pinnedIds: readonly string[]): void {
    const watching = pinnedIds.find((participantId) => this.#roster.require(participantId).isViewer);
    if (watching !== undefined) {
      throw new RoomflowError(
        'invalid-request',
        `Participant "${watching}" watches and is not in the picture; invite it to the stage before pinning it.`,
      );
    }
    const isSame =
      pinnedIds.length === this.#pinnedIds.length &&
      pinnedIds.every((participantId, index) => participantId === this.#pinnedIds[index]);
    if (!isSame) {
      this.#change([...pinnedIds]);
    }
  }

  /** Somebody is not in the picture any more. */
  departed({ participantId }: Participant): void {
    if (this.#pinnedIds.includes(participantId)) {
      this.#change(this.#pinnedIds.filter((one) => one !== participantId));
    }
  }

  #change(pinnedIds: readonly string[]): void {
    this.#pinnedIds = pinnedIds;
    this.#media.setPins(this.#session.sessionId, this.pinnedIds);
    this.#journal.pinsChanged(this.#session, pinnedIds);
    this.#roster.toAll('pins-changed', { pinnedIds: this.pinnedIds });
  }
}
