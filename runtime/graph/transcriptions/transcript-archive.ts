import type { EventLog, WebhookDelivery } from '../../events/index.ts';
import type { Store } from '../../store/index.ts';
import type { StepPlane } from '../step-plane.ts';
import type { SpeechEngines } from './engine-choice.ts';
import { createTranscriptionJournal, type TranscriptionJournal } from './journal.ts';
import { createKeptVoices, type KeptVoices } from './kept-voices.ts';
import { createTranscriptFiles, type TranscriptFiles } from './transcript-files.ts';
import { createWantedTranscripts, type WantedTranscripts } from './wanted.ts';

/** What is kept of transcripts and what is asked for with recordings: of it recordings and transcriptions are made. */
export type TranscriptArchive = {
  engines: SpeechEngines;
  files: TranscriptFiles;
  journal: TranscriptionJournal;
  voices: KeptVoices;
  wanted: WantedTranscripts;
};

export function createTranscriptArchive(options: {
  store: Store;
  events: EventLog;
  webhooks: Pick<WebhookDelivery, 'enqueueCallback'>;
  plane: Pick<StepPlane, 'recoverFile'>;
  engines: SpeechEngines;
  /** Where each transcript has a folder. */
  directory: string;
  secret: string;
  publicUrl(): string;
  canSummarise: boolean;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): TranscriptArchive {
  const files = createTranscriptFiles(options);
  const journal = createTranscriptionJournal({ ...options, files });
  return {
    engines: options.engines,
    files,
    journal,
    voices: createKeptVoices(options),
    wanted: createWantedTranscripts({ ...options, journal }),
  };
}
