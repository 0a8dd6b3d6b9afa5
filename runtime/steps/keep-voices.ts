import { join } from 'node:path';
import type { ComposedParticipants } from '../contract/index.ts';
import { createRecorder, finalPathOf, type Recorder } from '../media/index.ts';
import { recordingFailureOf } from './recording-failure.ts';
import type { FrameTap, StepContext, StepPerson, StepUpdate } from './step.ts';

/** What is told of the voices kept beside a recording. `path` names the file, from its beginning on. */
export type VoiceUpdate =
  | {
      kind: 'voice-opened';
      participantId: string;
      participantName: string;
      path: string;
      startMs: number;
    }
  | { kind: 'voice-finished'; path: string; startMs: number; durationSeconds: number }
  | { kind: 'voice-failed'; participantId: string; code: string; message: string };

export const isVoiceUpdate = (update: StepUpdate): update is VoiceUpdate => update.kind.startsWith('voice-');

/** The voices beside a recording; it says when they are paused and how time goes on. */
export type KeptVoicesOfStep = {
  pause(): void;
  resume(): void;
  /** To be called at least four times a second. */
  tick(): void;
  /** Resolves when all files were told of. */
  stop(): Promise<void>;
};

/** `tap` is null for as long as it is being made. */
type Voice = { recorder: Recorder | null; tap: FrameTap | null };

/** Whose microphone is in the mix of chosen participants: of some, the picture or the screen alone is taken. */
export const heardIn = (participants: ComposedParticipants): ReadonlySet<string> =>
  new Set(
    participants
      .filter(({ kind }) => kind === undefined || kind === 'audio')
      .map(({ participantId }) => participantId),
  );

/**
 * Keeps each participant's microphone in a file of its own while the room is recorded, so that its transcript can keep
 * apart those who speak at a time. Files begin with the first sound; they lie in a folder that holds nothing else.
 *
 * @param participants - Only theirs; everybody's when left out, whoever comes later included.
 */
export function keepVoices(
  context: StepContext<unknown>,
  participants: ComposedParticipants | undefined,
): KeptVoicesOfStep {
  const directory = join(context.directory, `voices-${context.stepId}`);
  const chosen = participants && heardIn(participants);
  const voices = new Map<string, Voice>();
  const finishing = new Set<Promise<void>>();
  let isPaused = false;
  let files = 0;

  function open({ participantId, name }: StepPerson): Recorder {
    files += 1;
    let path = '';
    const recorder = createRecorder({
      directory,
      fileBaseName: `${context.part}-${files}`,
      mode: 'audio',
      fileFormat: 'ogg',
      startMs: context.nowMs(),
      requestKeyFrame() {
        // There are no pictures.
      },
      onOpen(openedPath, startMs) {
        path = finalPathOf(openedPath);
        tell({ kind: 'voice-opened', participantId, participantName: name, path, startMs });
      },
      onFile({ startMs, durationSeconds }) {
        tell({ kind: 'voice-finished', path, startMs, durationSeconds });
      },
      onFailure(error) {
        tellFailure(participantId, error);
      },
    });
    if (isPaused) {
      recorder.pause(context.nowMs());
    }
    return recorder;
  }

  function tellFailure(participantId: string, error: unknown): void {
    const { code, message } = recordingFailureOf(error);
    tell({ kind: 'voice-failed', participantId, code, message });
  }

  function tell(update: VoiceUpdate): void {
    context.report({ type: 'update', update });
  }

  function close(participantId: string): void {
    const voice = voices.get(participantId);
    voices.delete(participantId);
    voice?.tap?.close();
    if (voice?.recorder) {
      const done = voice.recorder.finish(context.nowMs()).then(
        () => undefined,
        (error: unknown) => {
          tellFailure(participantId, error);
        },
      );
      finishing.add(done);
      void done.finally(() => finishing.delete(done));
    }
  }

  const stopListening = context.people({
    joined(person) {
      const { participantId } = person;
      if (voices.has(participantId) || (chosen && !chosen.has(participantId))) {
        return;
      }
      const voice: Voice = { recorder: null, tap: null };
      voices.set(participantId, voice);
      voice.tap = context.tap(participantId, ['audio'], {
        frame(_kind, frame) {
          voice.recorder ??= open(person);
          voice.recorder.write(frame);
        },
        muted(_kind, muted) {
          voice.recorder?.setMuted('audio', muted);
        },
        trackEnded() {
          voice.recorder?.setMuted('audio', true);
        },
        participantLeft() {
          close(participantId);
        },
      });
    },
    left: close,
  });

  return {
    pause() {
      isPaused = true;
      for (const { recorder } of voices.values()) {
        recorder?.pause(context.nowMs());
      }
    },
    resume() {
      isPaused = false;
      for (const { recorder } of voices.values()) {
        recorder?.resume(context.nowMs());
      }
    },
    tick() {
      for (const { recorder } of voices.values()) {
        recorder?.tick(context.nowMs());
      }
    },
    async stop() {
      stopListening();
      for (const participantId of [...voices.keys()]) {
        close(participantId);
      }
      await Promise.all(finishing);
    },
  };
}
