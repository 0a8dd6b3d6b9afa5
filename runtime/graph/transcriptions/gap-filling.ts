import { randomUUID } from 'node:crypto';
import { fillGap, insertSegments, listOpenGaps, type Store, type StoredGap } from '../../store/index.ts';
import type { Completion } from './completion.ts';
import type { SpeechEngines } from './engine-choice.ts';
import type { Jobs } from './jobs.ts';
import type { TranscriptionJournal } from './journal.ts';
import type { SpeechSources } from './speech-sources.ts';
import { covers, within } from './stretches.ts';
import { segmentsOf, type TranscribeFile } from './transcribe-sources.ts';

/** Speech is taken up this much before the gap and let go this much after it: its borders are those of utterances. */
const MARGIN_MS = 200;
/** What may be missing of a gap in a recording that fills it. */
const MISSING_MS = 500;

/** Speech that a live transcript lacks, put in its place once there is a recording of it. */
export type GapFilling = {
  /** Fills what can be filled now, when its turn comes: all gaps, or those of one session. */
  consider(sessionId?: string): void;
  /** The same, at once. Gaps that cannot be filled stay open and are told of; it does not throw for them. */
  fill(sessionId: string | undefined, signal: AbortSignal): Promise<void>;
};

export function createGapFilling(options: {
  store: Store;
  engines: SpeechEngines;
  journal: TranscriptionJournal;
  completion: Completion;
  sources: SpeechSources;
  jobs: Jobs;
  transcribe: TranscribeFile;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): GapFilling {
  const { store, engines, journal, completion, sources, jobs } = options;

  /** @returns whether it is filled now */
  async function fillOne(gap: StoredGap, signal: AbortSignal): Promise<boolean> {
    const { id: gapId, transcriptionId, participantId, participantName, code } = gap;
    const { sessionId, engine, language } = journal.require('realtime', transcriptionId);
    const span = { fromMs: gap.startMs, toMs: gap.endMs };
    const found = (await sources.ofParticipant(sessionId, participantId)).find((source) =>
      covers([{ fromMs: source.startMs, toMs: source.endMs }], span, MISSING_MS),
    );
    const [source] = found
      ? within({ ...found, participantName }, [
          { fromMs: span.fromMs - MARGIN_MS, toMs: span.toMs + MARGIN_MS },
        ])
      : [];
    if (!source) {
      return false;
    }
    const chosen = await engines.choose({ engine, language: language ?? undefined });
    const segments = await segmentsOf(options.transcribe, source, chosen, signal);
    store.transact(() => {
      insertSegments(store, transcriptionId, segments);
      fillGap(store, gapId);
      journal.tell(transcriptionId, 'transcription-gap', {
        participantId,
        participantName,
        startMs: gap.startMs,
        endMs: gap.endMs,
        filled: true,
        code,
        message: `Transcribed from a recording: ${segments.map(({ text }) => text).join(' ') || 'nothing was said'}`,
      });
    });
    return true;
  }

  async function fill(sessionId: string | undefined, signal: AbortSignal): Promise<void> {
    const changed = new Set<string>();
    const isBrokenOff = (): boolean => signal.aborted;
    for (const gap of listOpenGaps(store, sessionId)) {
      if (isBrokenOff()) {
        return;
      }
      try {
        if (await fillOne(gap, signal)) {
          changed.add(gap.transcriptionId);
        }
      } catch (error) {
        if (!isBrokenOff()) {
          options.onError(error, { transcriptionId: gap.transcriptionId, participantId: gap.participantId });
        }
      }
    }
    for (const transcriptionId of changed) {
      // One that still runs is written when it ends.
      if (journal.require('realtime', transcriptionId).formats.length > 0) {
        await completion.writeFiles(transcriptionId);
      }
    }
  }

  return {
    fill,
    consider(sessionId) {
      if (listOpenGaps(store, sessionId).length > 0) {
        // Each by a name of its own: what comes while one runs may be about a recording it has not seen.
        jobs.run(`gaps-${randomUUID()}`, (signal) => fill(sessionId, signal));
      }
    },
  };
}
