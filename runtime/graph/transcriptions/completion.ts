import pLimit from 'p-limit';
import { RoomflowError, type SummarySettings } from '../../contract/index.ts';
import { listUnsummarised, updateTranscription, type Store } from '../../store/index.ts';
import { transcriptWriters } from './formats/index.ts';
import type { TranscriptionJournal } from './journal.ts';
import { summarise } from './summary.ts';
import type { TranscriptFiles } from './transcript-files.ts';
import { transcriptOf } from './transcript-of.ts';

/** Endpoints take several at a time; each waits for minutes at most. */
const SUMMARIES_AT_ONCE = 2;

/** How a transcription becomes complete: its files, then its summary. */
export type Completion = {
  /** Writes the files of what is stored now; those there before are replaced. */
  writeFiles(transcriptionId: string): Promise<void>;
  /** The files are written: the transcription is completed, and summarised where that was asked for. */
  complete(transcriptionId: string, at?: string): void;
  /** Makes the summaries that were not made when the runtime ended. */
  resume(): void;
  /** Breaks off; what is broken off is made after the next start. */
  stop(): Promise<void>;
};

export function createCompletion(options: {
  store: Store;
  journal: TranscriptionJournal;
  files: TranscriptFiles;
  summary: SummarySettings | undefined;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): Completion {
  const { store, journal, files, summary: settings } = options;
  const someAtOnce = pLimit(SUMMARIES_AT_ONCE);
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const isStopping = (): boolean => stopping.signal.aborted;

  const transcript = (transcriptionId: string) => {
    const transcription = journal.require(null, transcriptionId);
    return transcriptOf(store, transcription, journal.view(transcription).gaps);
  };

  async function makeSummary(transcriptionId: string): Promise<void> {
    if (isStopping()) {
      return;
    }
    const { summary } = journal.require(null, transcriptionId);
    if (settings === undefined) {
      journal.summarised(transcriptionId, { status: 'not-configured', text: null, error: null });
      return;
    }
    try {
      const text = await summarise({
        settings,
        prompt: summary.prompt,
        transcript: transcriptWriters.txt(transcript(transcriptionId)) || '(Nothing was said.)',
        signal: stopping.signal,
      });
      await files.writeSummary(transcriptionId, text);
      journal.summarised(transcriptionId, { status: 'completed', text, error: null });
    } catch (error) {
      if (isStopping()) {
        return;
      }
      options.onError(error, { transcriptionId });
      journal.summarised(transcriptionId, {
        status: 'failed',
        text: null,
        error: RoomflowError.from(error).message,
      });
    }
  }

  function enqueue(transcriptionId: string): void {
    const work = someAtOnce(() => makeSummary(transcriptionId)).catch((error: unknown) => {
      // Deleted meanwhile, or the store could not be written: then it is made after the next start.
      options.onError(error, { transcriptionId });
    });
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  return {
    async writeFiles(transcriptionId) {
      const formats = await files.write(transcript(transcriptionId));
      updateTranscription(store, transcriptionId, { formats });
    },
    complete(transcriptionId, at) {
      journal.completed(transcriptionId, at);
      if (journal.require(null, transcriptionId).summary.status === 'pending') {
        store.afterCommit(() => {
          enqueue(transcriptionId);
        });
      }
    },
    resume() {
      for (const { id } of listUnsummarised(store)) {
        enqueue(id);
      }
    },
    async stop() {
      stopping.abort(new Error('The runtime is stopping.'));
      await Promise.all(running);
    },
  };
}
