import { randomBytes } from 'node:crypto';
import type { SpeechEngineSettings, TranscriptSegment } from '../../contract/index.ts';
import type { FileSegment, FileTranscriptionOptions } from '../../media/index.ts';
import type { SpeechSource } from './stretches.ts';

/** Writes down what is said in a file. */
export type TranscribeFile = (options: FileTranscriptionOptions) => Promise<FileSegment[]>;

/** What is said in one source, on the session clock. @throws RoomflowError as the engine does */
export async function segmentsOf(
  transcribe: TranscribeFile,
  source: SpeechSource,
  engine: { settings: SpeechEngineSettings; language: string | null },
  signal: AbortSignal,
): Promise<TranscriptSegment[]> {
  const { path, stretch, participantId, participantName } = source;
  const heard = await transcribe({
    path,
    engine: engine.settings,
    language: engine.language,
    ...stretch,
    signal,
  });
  const onSessionClock = (fileMs: number): number =>
    Math.min(source.endMs, Math.max(source.startMs, source.startMs + fileMs - stretch.fromMs));
  return heard
    .filter(({ text }) => text.trim() !== '')
    .map(({ text, startMs, endMs, language, words }) => ({
      segmentId: `seg_${randomBytes(9).toString('base64url')}`,
      participantId,
      participantName,
      text: text.trim(),
      startMs: onSessionClock(startMs),
      endMs: onSessionClock(endMs),
      language,
      ...(words === null
        ? {}
        : {
            words: words.map((word) => ({
              ...word,
              startMs: onSessionClock(word.startMs),
              endMs: onSessionClock(word.endMs),
            })),
          }),
    }));
}
