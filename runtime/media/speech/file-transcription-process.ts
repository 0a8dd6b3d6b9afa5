import { RoomflowError } from '../../contract/index.ts';
import { probeSound, readSound } from '../ffmpeg/index.ts';
import { createSpeechEngine } from './engines/index.ts';
import type { FileTranscriptionNews, FileTranscriptionOrder } from './file-transcription-messages.ts';
import { utterancesOf } from './file-utterances.ts';
import { SPEECH_RATE } from './types.ts';
import { loadVoiceDetectors } from './voice-detector.ts';

/** The program of a child that transcribes one file. It lives as long as its parent. */
const tell = (news: FileTranscriptionNews): void => {
  if (process.connected) process.send?.(news);
};

const transcribe = async (order: FileTranscriptionOrder): Promise<void> => {
  const { path, engine: settings, language, fromMs, toMs } = order;
  const { hasSound, durationMs } = await probeSound(path).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RoomflowError('nothing-to-transcribe', `"${path}" cannot be read as a media file: ${why}`, {
      cause,
    });
  });
  if (!hasSound) {
    throw new RoomflowError(
      'nothing-to-transcribe',
      `"${path}" has no sound; a recording made with mode video-only has none to transcribe.`,
    );
  }
  const detectors = await loadVoiceDetectors();
  const engine = createSpeechEngine(settings);
  const startMs = fromMs ?? 0;
  const sound = readSound({ path, sampleRate: SPEECH_RATE, fromMs: startMs, toMs: toMs ?? undefined });
  const lengthMs = Math.max(1, Math.min(toMs ?? durationMs, durationMs) - startMs);
  try {
    const utterances = utterancesOf(sound.samples, detectors, engine, {
      language,
      startMs,
      onProgress(heardMs) {
        tell({ type: 'progress', share: Math.min(1, heardMs / lengthMs) });
      },
    });
    for await (const segment of utterances) tell({ type: 'segment', segment });
  } finally {
    sound.close();
    await engine.close();
  }
};

let isDone = false;

process.once('message', (order: FileTranscriptionOrder) => {
  void transcribe(order)
    .then(
      () => {
        tell({ type: 'done' });
      },
      (error: unknown) => {
        const { code, message } = RoomflowError.from(error);
        tell({ type: 'failed', code: code === 'internal' ? 'transcription-failed' : code, message });
      },
    )
    .finally(() => {
      isDone = true;
      if (process.connected) process.disconnect();
    });
});
process.on('disconnect', () => {
  // The parent is gone. The engine may be in the midst of native code; ffmpeg ends when nobody reads from it.
  if (!isDone) process.kill(process.pid, 'SIGKILL');
});
// The parent decides when to end: a Ctrl-C in its terminal reaches the whole group.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
