import { RoomflowError, type MessageView } from '../contract/index.ts';
import type { SessionJournal } from './journal.ts';
import type { Roster } from './roster.ts';
import type { SessionIdentity } from './session-identity.ts';

/** VideoSDK's limit. */
const MAX_PAYLOAD_BYTES = 15 * 1024;
/** Late joiners get the newest; older ones are in the store. */
export const MAX_REMEMBERED_MESSAGES = 1000;

/** What is said in a session. */
export class SessionMessages {
  readonly #session: SessionIdentity;
  readonly #roster: Roster;
  readonly #journal: SessionJournal;
  readonly #remembered: MessageView[] = [];

  constructor(options: { session: SessionIdentity; roster: Roster; journal: SessionJournal }) {
    this.#session = options.session;
    this.#roster = options.roster;
    this.#journal = options.journal;
  }

  /** Takes up what was said before a restart, oldest first. */
  restore(messages: readonly MessageView[]): void {
    this.#remembered.push(...messages);
  }

  /** Persisted messages for everybody, oldest first. */
  remembered(): MessageView[] {
    return [...this.#remembered];
  }

  /** Sends to everybody, or to those named; keeps it for late joiners when asked. */
  say(message: MessageView, { persist, sendOnly }: MessageOptions): void {
    requireSendable(message);
    this.#journal.messageSent(this.#session, message, persist, sendOnly);
    if (persist && sendOnly === null) {
      this.#remembered.push(message);
      if (this.#remembered.length > MAX_REMEMBERED_MESSAGES) {
        this.#remembered.shift();
      }
    }
    if (sendOnly === null) {
      this.#roster.toAll('message', message);
      return;
    }
    const receivers = new Set([...sendOnly, message.senderId]);
    this.#roster.toThose(({ participantId }) => receivers.has(participantId), 'message', message);
  }
}

/** `sendOnly`: to these participants alone; null for all. `persist`: kept for those who join later. */
export type MessageOptions = { persist: boolean; sendOnly: readonly string[] | null };

function requireSendable({ payload }: MessageView): void {
  const sizeBytes = Buffer.byteLength(JSON.stringify(payload));
  if (sizeBytes > MAX_PAYLOAD_BYTES) {
    throw new RoomflowError(
      'body-too-large',
      `The payload of a message may have ${MAX_PAYLOAD_BYTES} bytes as JSON; received ${sizeBytes}.`,
    );
  }
}
