import { RoomflowError, stepParams, type StepParams } from '../contract/index.ts';
import { createHlsPackager, type HlsPackager } from '../media/index.ts';
import { isDiskFull } from './disk-full.ts';
import { hlsRenditions } from './hls-renditions.ts';
import { broadcastProfile } from './output-profiles.ts';
import { defineStep, type RunningStep, type StepContext } from './step.ts';
import { Tail } from './tail.ts';

const PROGRESS_MS = 2000;
/** A composed frame comes this long after its time at most: the compositor's delay and its work. */
const TAIL_MS = 600;

/**
 * Packs the composed room for viewers: low-latency HLS, one rendition at the composition's quality and one for each
 * lower rung that is asked for. It writes the files and tells control of each; playlists are control's.
 */
export const hls = defineStep({
  name: 'hls',
  params: stepParams.hls,
  inputs: [{ name: 'frames', carries: 'audio-video' }],
  outputs: [{ name: 'playlist', carries: 'asset' }],
  start: startPackaging,
});

function startPackaging(context: StepContext<StepParams<'hls'>>): RunningStep {
  const { params } = context;
  const composition = context.compose();
  const renditions = hlsRenditions(composition.size, params.rungs ?? []);
  let stopping: Promise<void> | null = null;
  let stopAtMs = Infinity;
  const tail = new Tail(
    renditions.flatMap(({ name, size }) => [`${name} audio`, ...(size ? [`${name} video`] : [])]),
  );

  const outputs = renditions.map(({ name, quality, size }) => {
    const [audio, video] = [`${name} audio`, `${name} video`];
    let output: { requestKeyFrame(): void; close(): void } | null = null;
    const packager: HlsPackager = createHlsPackager({
      directory: `${context.directory}/${name}`,
      rendition: name,
      generation: context.part,
      hasVideo: size !== null,
      requestKeyFrame() {
        output?.requestKeyFrame();
      },
      onUpdate(update) {
        context.report({ type: 'update', update });
      },
      onFailure(error) {
        context.report({ type: 'failure', ...failureOf(error) });
      },
    });
    output = composition.addOutput(broadcastProfile(size, { ...params.config, quality }), {
      frame(frame) {
        if (frame.timestampMs >= stopAtMs) {
          tail.passed(frame.kind === 'audio' ? audio : video);
          return;
        }
        packager.write(frame);
      },
      interrupted() {
        packager.interrupt();
      },
      failed(error) {
        tail.giveUp();
        context.report({ type: 'failure', code: 'composition-failed', message: error.message });
      },
    });
    return { packager, output };
  });

  const timer = setInterval(() => {
    const stats = outputs.map(({ packager }) => packager.stats());
    context.report({
      type: 'progress',
      progress: {
        ...composition.stats(),
        bytes: stats.reduce((sum, { bytes }) => sum + bytes, 0),
        durationMs: stats[0]?.durationMs ?? 0,
        renditions: stats.length,
      },
    });
  }, PROGRESS_MS);

  async function finish(): Promise<void> {
    stopAtMs = context.nowMs();
    await tail.arrived(TAIL_MS);
    clearInterval(timer);
    for (const { output } of outputs) {
      output.close();
    }
    composition.close();
    await Promise.all(outputs.map(({ packager }) => packager.finish()));
  }

  return {
    updateLook(look) {
      composition.update(look);
    },
    stop() {
      stopping ??= finish();
      return stopping;
    },
  };
}

function failureOf(error: Error): { code: string; message: string } {
  if (isDiskFull(error)) {
    return {
      code: 'disk-full',
      message: `The disk takes no more of the HLS stream (${error.message}). What was packed until then is kept.`,
    };
  }
  const { code, message } = RoomflowError.from(error);
  return { code: code === 'internal' ? 'hls-failed' : code, message };
}
