import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RoomflowError } from '../../contract/index.ts';
import type { VoiceUpdate } from '../../steps/index.ts';
import {
  deleteKeptVoices,
  finishKeptVoice,
  insertKeptVoice,
  listKeptVoices,
  type KeptVoice,
  type Store,
} from '../../store/index.ts';
import type { StepPlane } from '../step-plane.ts';

/** A voice that can be listened to. */
export type FinishedVoice = KeptVoice & { durationSeconds: number };

/**
 * What each participant says while the room is recorded, in files of their own: kept until the transcript is made, and
 * shown nowhere.
 */
export type KeptVoices = {
  /** What the recording step tells. */
  note(recording: { recordingId: string; sessionId: string }, update: VoiceUpdate): void;
  /** Voices of a recording that has ended; those that a lost worker left open are completed first. */
  of(recordingId: string): Promise<FinishedVoice[]>;
  remove(recordingId: string): Promise<void>;
};

export function createKeptVoices(options: {
  store: Store;
  plane: Pick<StepPlane, 'recoverFile'>;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): KeptVoices {
  const { store, plane } = options;

  /** Completes the file of a voice; null when nothing of it can be heard. */
  async function finished(voice: KeptVoice): Promise<FinishedVoice | null> {
    const { durationSeconds } = voice;
    if (durationSeconds !== null) {
      return { ...voice, durationSeconds };
    }
    try {
      const file = await plane.recoverFile(voice.path, voice.startMs);
      if (!file) {
        return null;
      }
      finishKeptVoice(store, voice.path, file);
      return { ...voice, startMs: file.startMs, durationSeconds: file.durationSeconds };
    } catch (error) {
      options.onError(error, { recordingId: voice.recordingId, path: voice.path });
      return null;
    }
  }

  return {
    note({ recordingId, sessionId }, update) {
      switch (update.kind) {
        case 'voice-opened': {
          const { participantId, participantName, path, startMs } = update;
          insertKeptVoice(store, {
            recordingId,
            sessionId,
            participantId,
            participantName,
            path,
            startMs,
            durationSeconds: null,
          });
          break;
        }
        case 'voice-finished':
          finishKeptVoice(store, update.path, update);
          break;
        case 'voice-failed': {
          const { participantId, code, message } = update;
          options.onError(new RoomflowError('recording-failed', message), {
            recordingId,
            participantId,
            code,
          });
          break;
        }
        default:
          update satisfies never;
      }
    },
    async of(recordingId) {
      const voices = await Promise.all(listKeptVoices(store, recordingId).map(finished));
      return voices.filter((voice) => voice !== null);
    },
    async remove(recordingId) {
      // All of a recording lie in one folder that holds nothing else.
      const folders = new Set(listKeptVoices(store, recordingId).map(({ path }) => dirname(path)));
      for (const folder of folders) {
        await rm(folder, { recursive: true, force: true });
      }
      deleteKeptVoices(store, recordingId);
    },
  };
}
