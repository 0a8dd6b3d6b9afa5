import { fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RoomflowError } from '../../contract/index.ts';
import type { FileTranscriptionNews, FileTranscriptionOrder } from './file-transcription-messages.ts';
import type { FileSegment, FileTranscriptionOptions } from './types.ts';

/** Work that nobody listens to while it runs gives way to live media. */
const NICENESS = 10;

/**
 * Writes down what is said in a media file, in a child process at low priority.
 *
 * @throws RoomflowError `nothing-to-transcribe` for a file without sound, or none of media; as the engine does;
 * `transcription-failed` when the process was lost; or the signal's reason.
 */
export async function transcribeFile(options: FileTranscriptionOptions): Promise<FileSegment[]> {
  const { path, engine, language, fromMs, toMs, signal } = options;
  signal.throwIfAborted();
  const entry = new URL(`./file-transcription-process${extname(import.meta.url)}`, import.meta.url);
  const child = fork(fileURLToPath(entry), [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [],
  });
  const segments: FileSegment[] = [];
  const order: FileTranscriptionOrder = {
    path,
    engine,
    language,
    fromMs: fromMs ?? null,
    toMs: toMs ?? null,
  };
  const abort = (): void => {
    child.kill('SIGKILL');
  };
  signal.addEventListener('abort', abort);
  try {
    const outcome = await new Promise<FileTranscriptionNews>((resolve, reject) => {
      let last: FileTranscriptionNews = {
        type: 'failed',
        code: 'transcription-failed',
        message: `The process that transcribed "${path}" was lost.`,
      };
      child.on('message', (news: FileTranscriptionNews) => {
        if (news.type === 'segment') segments.push(news.segment);
        else if (news.type === 'progress') options.onProgress?.(news.share);
        else last = news;
      });
      child.on('error', (cause) => {
        reject(new RoomflowError('transcription-failed', cause.message, { cause }));
      });
      // It is over when the process is gone and all that it had told is read, whichever comes first.
      let endings = 0;
      const ended = (): void => {
        endings += 1;
        if (endings === 2) resolve(last);
      };
      child.once('disconnect', ended);
      child.once('exit', ended);
      if (child.pid !== undefined) setPriority(child.pid, NICENESS);
      child.send(order);
    });
    signal.throwIfAborted();
    if (outcome.type === 'failed') throw RoomflowError.fromBody(outcome);
    return segments;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
