import {
  RoomflowError,
  builtInEngine,
  stepParams,
  type SpeechEngineSettings,
  type TranscribedWord,
} from '../contract/index.ts';
import { createListener, type ListenerEvent, type SpeechSettings } from '../media/index.ts';
import { defineStep, type FrameTap, type StepUpdate } from './step.ts';

const PROGRESS_MS = 2000;

/** What is told of speech as it is spoken. Times are milliseconds on the session clock. */
export type TranscribeUpdate =
  | {
      kind: 'interim';
      participantId: string;
      segmentId: string;
      text: string;
      startMs: number;
      endMs: number;
      language: string | null;
    }
  | {
      kind: 'final';
      participantId: string;
      segmentId: string;
      /** Empty where it takes back an interim result of what was no speech after all. */
      text: string;
      startMs: number;
      endMs: number;
      language: string | null;
      words: TranscribedWord[] | null;
      /** Spent in or waiting for the engine, and besides that and the pause that ends an utterance; milliseconds. */
      engineMs: number;
      overheadMs: number;
    }
  | { kind: 'gap'; participantId: string; startMs: number; endMs: number; code: string; message: string }
  | { kind: 'behind'; behind: boolean; backlogMs: number };

const updateKinds: ReadonlySet<string> = new Set<TranscribeUpdate['kind']>([
  'interim',
  'final',
  'gap',
  'behind',
]);
export const isTranscribeUpdate = (update: StepUpdate): update is TranscribeUpdate =>
  updateKinds.has(update.kind);

/**
 * Writes down what is said: everybody's microphone, or that of those named, whoever comes later or comes back included.
 * Each speaker is listened to apart, so that nobody has to be told from anybody; all share one listener and its process.
 */
export const transcribe = defineStep({
  name: 'transcribe',
  params: stepParams.transcribe,
  inputs: [{ name: 'microphones', carries: 'audio' }],
  outputs: [],
  start(context) {
    const { participantIds, language } = context.params;
    const engine = engineOf(context.speech, context.params.engine);
    const taps = new Map<string, FrameTap | null>();
    let stopping: Promise<void> | null = null;

    const listener = createListener({
      engine: engine.settings,
      language: language ?? null,
      onEvent(event) {
        const update = updateOf(event);
        if (update) {
          context.report({ type: 'update', update });
        }
      },
      onRestart(reason) {
        context.report({ type: 'progress', progress: { restartedBecause: reason } });
        tellProgress();
      },
      onFailure(error) {
        const { code, message } = RoomflowError.from(error);
        context.report({
          type: 'failure',
          code: code === 'internal' ? 'transcription-failed' : code,
          message,
        });
      },
    });

    function close(participantId: string): void {
      taps.get(participantId)?.close();
      taps.delete(participantId);
      listener.forget(participantId);
    }

    const stopFollowing = context.people({
      joined({ participantId }) {
        if (taps.has(participantId) || participantIds?.includes(participantId) === false) {
          return;
        }
        taps.set(participantId, null);
        const tap = context.tap(participantId, ['audio'], {
          frame(_kind, frame) {
            listener.push(participantId, frame);
          },
          muted(_kind, muted) {
            if (muted) {
              listener.pause(participantId);
            }
          },
          trackEnded() {
            listener.pause(participantId);
          },
          participantLeft() {
            close(participantId);
          },
        });
        taps.set(participantId, tap);
      },
      left: close,
    });

    function tellProgress(): void {
      const { speakers, utterances, interimsDropped, backlogMs, restarts } = listener.stats();
      context.report({
        type: 'progress',
        progress: {
          engine: engine.name,
          speakers,
          utterances,
          interimsDropped,
          backlogMs,
          restarts,
          part: context.part,
        },
      });
    }
    const timer = setInterval(tellProgress, PROGRESS_MS);
    tellProgress();

    return {
      stop() {
        stopping ??= (async () => {
          clearInterval(timer);
          stopFollowing();
          for (const tap of taps.values()) {
            tap?.close();
          }
          taps.clear();
          await listener.close();
          tellProgress();
        })();
        return stopping;
      },
    };
  },
});

/** The recogniser by its name, the operator's default, or the built-in one. */
function engineOf(
  { engines, defaultEngine = builtInEngine }: SpeechSettings,
  name: string = defaultEngine,
): { name: string; settings: SpeechEngineSettings } {
  const settings: SpeechEngineSettings | undefined =
    engines[name] ?? (name === builtInEngine ? { type: 'pocketsphinx' } : undefined);
  if (settings === undefined) {
    throw new RoomflowError(
      'unknown-engine',
      `There is no recogniser "${name}". Known: ${[builtInEngine, ...Object.keys(engines)].join(', ')}.`,
    );
  }
  return { name, settings };
}

function updateOf(event: ListenerEvent): TranscribeUpdate | null {
  switch (event.type) {
    case 'interim': {
      const { type: kind, speakerId: participantId, ...said } = event;
      return { kind, participantId, ...said };
    }
    case 'final': {
      const { type: kind, speakerId: participantId, ...said } = event;
      return { kind, participantId, ...said };
    }
    case 'gap': {
      const { type: kind, speakerId: participantId, ...stretch } = event;
      return { kind, participantId, ...stretch };
    }
    case 'behind': {
      const { behind, backlogMs } = event;
      return { kind: 'behind', behind, backlogMs };
    }
    case 'ready':
    case 'utterance':
      return null;
    default:
      return event satisfies never;
  }
}
