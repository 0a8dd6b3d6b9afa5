import type { Participant } from './participant.ts';
import { hashOfResumeToken } from './resume-token.ts';

/**
 * Whether somebody who left for this reason and joins anew with its resume token is the same person, and no new voter;
 * whom a host has removed is not.
 */
export const mayHaveItsIdAgain = (reason: string): boolean =>
  reason === 'left' || reason === 'connection-lost';

/** Who has left a session and may have its id again. */
export class Departures {
  /** By the hash of the token that proves who it is. */
  readonly #ids = new Map<string, string>();

  /** Takes up those of before a restart. */
  restore(departed: readonly { participantId: string; resumeTokenHash: string }[]): void {
    for (const { participantId, resumeTokenHash } of departed) {
      this.#ids.set(resumeTokenHash, participantId);
    }
  }

  note({ participantId, resumeTokenHash }: Participant, reason: string): void {
    if (mayHaveItsIdAgain(reason)) {
      this.#ids.set(resumeTokenHash, participantId);
    }
  }

  idOf(resumeToken: string): string | undefined {
    return this.#ids.get(hashOfResumeToken(resumeToken));
  }
}
