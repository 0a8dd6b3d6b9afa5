import type { Caption, CaptionsState } from '../contract/index.ts';
import type { Roster } from './roster.ts';

/**
 * What is said in a session, as text for everybody in it, those who watch included. Nothing is kept: who joins late
 * reads on from there, and the transcript has the rest.
 */
export class SessionCaptions {
  readonly #roster: Roster;
  readonly #listeners = new Set<(caption: Caption) => void>();
  #state: CaptionsState = null;

  constructor(options: { roster: Roster }) {
    this.#roster = options.roster;
  }

  /** Whether there are captions now, for those who join. */
  get state(): CaptionsState {
    return this.#state;
  }

  /** Says that captions begin, are in another language, or (null) are over. */
  set(state: CaptionsState): void {
    const isSame =
      state?.transcriptionId === this.#state?.transcriptionId && state?.language === this.#state?.language;
    if (isSame) {
      return;
    }
    this.#state = state;
    this.#roster.toAll('captions-changed', { captions: state });
  }

  /**
   * Shows a text: an interim one replaces those before it of the same segment, the final one all of them. One that
   * comes after captions are over is shown too: it was said before.
   */
  show(caption: Caption): void {
    this.#roster.toAll('transcription-text', caption);
    for (const listener of this.#listeners) {
      listener(caption);
    }
  }

  /** Tells also `listener` of what is said, for what is made of the room as a whole, until the function returned is called. */
  listen(listener: (caption: Caption) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
