import pLimit from 'p-limit';

/** Work on transcripts that nobody waits for live: a few at a time, each of which can be broken off. */
export type Jobs = {
  /** Waits for its turn. What it throws is told, unless it was broken off. */
  run(id: string, work: (signal: AbortSignal) => Promise<void>): void;
  /** Breaks off the work of that id. Resolves when it runs no more. */
  abort(id: string): Promise<void>;
  /** Breaks off everything. Resolves when nothing runs any more. */
  stop(): Promise<void>;
};

/** @param atOnce how many may run at a time: recognisers take a core each */
export function createJobs(
  atOnce: number,
  onError: (error: unknown, fields: Record<string, unknown>) => void,
): Jobs {
  const limited = pLimit(atOnce);
  const running = new Map<string, { done: Promise<void>; controller: AbortController }>();

  async function abort(id: string, why: string): Promise<void> {
    const job = running.get(id);
    job?.controller.abort(new Error(why));
    await job?.done;
  }

  return {
    run(id, work) {
      if (running.has(id)) {
        return;
      }
      const controller = new AbortController();
      const { signal } = controller;
      const done = limited(async () => {
        if (!signal.aborted) {
          await work(signal);
        }
      })
        .catch((error: unknown) => {
          if (!signal.aborted) {
            onError(error, { transcriptionId: id });
          }
        })
        .finally(() => running.delete(id));
      running.set(id, { done, controller });
    },
    abort: (id) => abort(id, 'The transcription was broken off.'),
    async stop() {
      await Promise.all([...running.keys()].map((id) => abort(id, 'The runtime is stopping.')));
    },
  };
}
