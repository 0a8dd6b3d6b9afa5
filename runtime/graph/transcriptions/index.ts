export { createTranscriptArchive, type TranscriptArchive } from './transcript-archive.ts';
export { createTranscriptionService, type TranscriptionService } from './transcriptions.ts';
export { transcriptFileId } from './transcript-files.ts';
export { requireRecordingBeside } from './wanted.ts';
export type { TranscribeFile } from './transcribe-sources.ts';
export { createSpeechEngines, type SpeechEngines } from './engine-choice.ts';
