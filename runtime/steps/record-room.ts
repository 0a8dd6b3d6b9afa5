import type { FileFormat, StepParams } from '../contract/index.ts';
import { createRecorder, type EncodedFrame, type RecorderMode } from '../media/index.ts';
import { keepVoices } from './keep-voices.ts';
import { broadcastProfile, openProfile } from './output-profiles.ts';
import { recordingFailureOf } from './recording-failure.ts';
import type { RunningStep, StepContext } from './step.ts';
import { Tail } from './tail.ts';

const TICK_MS = 250;
const PROGRESS_EVERY_TICKS = 8;
/** A composed frame comes this long after its time at most: the compositor's delay, its work, and twice that in hand. */
const TAIL_MS = 600;

/** Records the composed picture and mix of the room, in one file. */
export function recordRoom(context: StepContext<StepParams<'record'>>): RunningStep {
  const { params } = context;
  const composition = context.compose();
  const soundAlone = composition.size === null || params.mode === 'audio' || isSoundFormat(params.fileFormat);
  const mode: RecorderMode = soundAlone ? 'audio' : 'video-and-audio';
  const fileFormat = params.fileFormat ?? (soundAlone ? 'm4a' : 'mp4');
  let stopping: Promise<void> | null = null;
  let ticks = 0;
  const tail = new Tail<EncodedFrame['kind']>(soundAlone ? ['audio'] : ['audio', 'video']);
  let stopAtMs = Infinity;

  const recorder = createRecorder({
    directory: context.directory,
    fileBaseName: `${context.stepId}-${context.part}`,
    mode,
    source: 'composition',
    fileFormat,
    startMs: context.nowMs(),
    requestKeyFrame() {
      output.requestKeyFrame();
    },
    onOpen(_path, startMs) {
      // Pictures begin when the compositor has started: a file that a killed worker leaves is placed by this.
      context.report({ type: 'progress', progress: { partStartMs: startMs } });
    },
    onFile(file) {
      context.report({ type: 'asset', file });
    },
    onFailure(error) {
      context.report(recordingFailureOf(error));
    },
  });

  const voices =
    params.transcription?.enabled === true ? keepVoices(context, params.participants) : undefined;

  const profile = isOpenFormat(fileFormat) ? openProfile : broadcastProfile;
  const output = composition.addOutput(profile(soundAlone ? null : composition.size, params.config), {
    frame(frame) {
      if (frame.timestampMs >= stopAtMs) {
        tail.passed(frame.kind);
        return;
      }
      recorder.write(frame);
    },
    interrupted(reason) {
      context.report({ type: 'progress', progress: { interrupted: reason } });
    },
    failed(error) {
      tail.giveUp();
      context.report({ type: 'failure', code: 'composition-failed', message: error.message });
    },
  });

  const timer = setInterval(() => {
    recorder.tick(context.nowMs());
    voices?.tick();
    ticks += 1;
    if (ticks % PROGRESS_EVERY_TICKS === 0) {
      const { bytes, durationMs, framesDropped } = recorder.stats();
      context.report({
        type: 'progress',
        progress: { ...composition.stats(), bytes, durationMs, framesDropped },
      });
    }
  }, TICK_MS);

  async function finish(): Promise<void> {
    stopAtMs = context.nowMs();
    await tail.arrived(TAIL_MS);
    clearInterval(timer);
    output.close();
    composition.close();
    await Promise.all([recorder.finish(stopAtMs), voices?.stop()]);
  }

  return {
    pause() {
      recorder.pause(context.nowMs());
      voices?.pause();
    },
    resume() {
      recorder.resume(context.nowMs());
      voices?.resume();
    },
    updateLook(look) {
      composition.update(look);
    },
    stop() {
      stopping ??= finish();
      return stopping;
    },
  };
}

const isSoundFormat = (format: FileFormat | undefined): boolean =>
  format === 'm4a' || format === 'mp3' || format === 'ogg';

const isOpenFormat = (format: FileFormat): boolean => format === 'webm' || format === 'ogg';
