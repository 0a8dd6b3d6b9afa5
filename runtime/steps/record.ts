import { RoomflowError, mediaKindOf, stepParams, type TrackKind } from '../contract/index.ts';
import { createRecorder, type Recorder, type RecorderMode } from '../media/index.ts';
import { recordRoom } from './record-room.ts';
import { recordingFailureOf } from './recording-failure.ts';
import { defineStep, type FrameSink, type RunningStep, type StepContext } from './step.ts';
import type { Static } from 'typebox';

type RecordParams = Static<typeof stepParams.record>;

/** How often a quiet recording is moved on in time (silence, last picture) and its progress told. */
const TICK_MS = 250;
const PROGRESS_EVERY_TICKS = 8;

/**
 * Writes a participant (or one of its tracks) to a file without transcoding, or the composed room. The file is one
 * continuous piece: silence and the last picture stand in while a track is muted or gone.
 */
export const record = defineStep({
  name: 'record',
  params: stepParams.record,
  inputs: [{ name: 'frames', carries: 'audio-video' }],
  outputs: [{ name: 'file', carries: 'asset' }],
  start: (context) => (context.params.source === 'room' ? recordRoom(context) : recordParticipant(context)),
});

function kindsToRecord(params: RecordParams): TrackKind[] {
  if (params.kind) {
    return [params.kind];
  }
  return params.mode === 'audio' ? ['audio'] : ['audio', 'video'];
}

function modeOf(params: RecordParams): RecorderMode {
  if (params.kind) {
    return mediaKindOf(params.kind);
  }
  return params.mode ?? 'video-and-audio';
}

function recordParticipant(context: StepContext<RecordParams>): RunningStep {
  const { params } = context;
  if (!params.participantId) {
    throw new RoomflowError('invalid-step-params', 'record needs a participantId, or a tap to take it from.');
  }
  const kinds = kindsToRecord(params);
  let stopping: Promise<void> | null = null;
  let paused = false;
  let ticks = 0;
  let segment = 0;
  let recorder: Recorder | null = null;
  const finishing = new Set<Promise<void>>();

  const sink: FrameSink = {
    frame(_kind, frame) {
      if (stopping === null) {
        (recorder ?? openSegment()).write(frame);
      }
    },
    muted(kind, muted) {
      recorder?.setMuted(mediaKindOf(kind), muted);
    },
    trackEnded(kind) {
      // A track recording is one file per continuous segment; a participant recording goes on with
      // silence or the last picture.
      if (params.kind) {
        closeSegment();
      } else {
        recorder?.setMuted(mediaKindOf(kind), true);
      }
    },
    participantLeft() {
      context.report({ type: 'ended', reason: 'participant-left' });
    },
  };

  const frames = context.tap(params.participantId, kinds, sink);
  if (!params.kind) {
    openSegment();
  }

  function openSegment(): Recorder {
    segment += 1;
    const opened = createRecorder({
      directory: context.directory,
      // The recorder itself puts a plain number behind the name when the codec changes within a segment.
      fileBaseName: `${context.stepId}-${context.part}${segment > 1 ? `-s${segment}` : ''}`,
      mode: modeOf(params),
      ...(params.fileFormat ? { fileFormat: params.fileFormat } : {}),
      startMs: context.nowMs(),
      requestKeyFrame() {
        for (const kind of kinds) {
          if (mediaKindOf(kind) === 'video') {
            frames.requestKeyFrame(kind);
          }
        }
      },
      onFile(file) {
        context.report({ type: 'asset', file });
      },
      onFailure(error) {
        context.report(recordingFailureOf(error));
      },
    });
    recorder = opened;
    if (paused) {
      opened.pause(context.nowMs());
    }
    return opened;
  }

  function closeSegment(): void {
    const closing = recorder;
    recorder = null;
    if (closing) {
      const done = closing.finish(context.nowMs()).then(
        () => undefined,
        (error: unknown) => {
          context.report(recordingFailureOf(error));
        },
      );
      finishing.add(done);
      void done.finally(() => finishing.delete(done));
    }
  }

  const timer = setInterval(() => {
    recorder?.tick(context.nowMs());
    ticks += 1;
    if (recorder && ticks % PROGRESS_EVERY_TICKS === 0) {
      const stats = recorder.stats();
      context.report({
        type: 'progress',
        progress: {
          bytes: stats.bytes,
          durationMs: stats.durationMs,
          framesDropped: stats.framesDropped,
        },
      });
    }
  }, TICK_MS);

  return {
    pause() {
      paused = true;
      recorder?.pause(context.nowMs());
    },
    resume() {
      paused = false;
      recorder?.resume(context.nowMs());
    },
    stop() {
      stopping ??= (async () => {
        clearInterval(timer);
        frames.close();
        closeSegment();
        await Promise.all(finishing);
      })();
      return stopping;
    },
  };
}
