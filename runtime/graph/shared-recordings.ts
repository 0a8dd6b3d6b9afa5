/** A recording as one of those sees it that want it. */
export type HeldRecording = {
  stepId: string;
  /** It is not wanted here any more. Idempotent. */
  release(): Promise<void>;
};

type Shared = { begun: Promise<string>; stepId: string | null; holders: number };

/** Recordings begun for broadcasts: one for all that want the same thing, ended with the last of them. */
export class SharedRecordings {
  readonly #stop: (stepId: string) => Promise<void>;
  readonly #shared = new Map<string, Shared>();

  constructor(stop: (stepId: string) => Promise<void>) {
    this.#stop = stop;
  }

  /**
   * Takes the recording of `subject`; `begin` starts it where there is none and tells its step.
   *
   * @param running - The step that records the subject now. One that a caller began is taken as it is, and never ended.
   */
  async hold(
    subject: string,
    running: string | undefined,
    begin: () => Promise<string>,
  ): Promise<HeldRecording> {
    const known = this.#shared.get(subject);
    const isStillThere = known !== undefined && (known.stepId === null || known.stepId === running);
    if (!isStillThere && running !== undefined) {
      return { stepId: running, release: () => Promise.resolve() };
    }
    const shared = isStillThere ? known : { begun: begin(), stepId: null, holders: 0 };
    this.#shared.set(subject, shared);
    shared.holders += 1;
    try {
      const stepId = await shared.begun;
      shared.stepId = stepId;
      return { stepId, release: this.#releasing(subject, shared, stepId) };
    } catch (error) {
      this.#forget(subject, shared);
      throw error;
    }
  }

  /** One more holder of a recording that was begun here before the runtime was killed, and goes on. */
  restore(subject: string, stepId: string): HeldRecording {
    const known = this.#shared.get(subject);
    const shared = known ?? { begun: Promise.resolve(stepId), stepId, holders: 0 };
    this.#shared.set(subject, shared);
    shared.holders += 1;
    return { stepId, release: this.#releasing(subject, shared, stepId) };
  }

  #releasing(subject: string, shared: Shared, stepId: string): () => Promise<void> {
    let isHeld = true;
    return async () => {
      if (!isHeld) {
        return;
      }
      isHeld = false;
      shared.holders -= 1;
      if (shared.holders === 0) {
        this.#forget(subject, shared);
        await this.#stop(stepId);
      }
    };
  }

  #forget(subject: string, shared: Shared): void {
    if (this.#shared.get(subject) === shared) {
      this.#shared.delete(subject);
    }
  }
}
