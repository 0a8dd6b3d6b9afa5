import {
  RoomflowError,
  stepParams,
  type LivestreamOutput,
  type LivestreamOutputView,
} from '../contract/index.ts';
import { createRtmpBroadcast, parseDestination, type PusherStatus } from '../media/index.ts';
import { broadcastProfile } from './output-profiles.ts';
import { defineStep, type StepUpdate } from './step.ts';

const PROGRESS_MS = 2000;
const FRAME_RATE = 30;
export const HIDDEN_KEY = '[hidden]';

/** How a destination does; told at each change of its state and every two seconds. */
export type RtmpOutputUpdate = {
  kind: 'rtmp-output';
} & Omit<LivestreamOutputView, 'streamKey' | 'url'>;

/** What the running step is told. The key is in it: it goes to the worker and nowhere else. */
export type RtmpCommand =
  { kind: 'add-output'; output: IdentifiedOutput } | { kind: 'remove-output'; outputId: string };

/** An output whose name is settled. */
export type IdentifiedOutput = LivestreamOutput & { outputId: string };

/** The outputs with the names they go by: their own, or made by their place. Pure. */
export function identifiedOutputs(outputs: readonly LivestreamOutput[]): IdentifiedOutput[] {
  return outputs.map((output, index) => ({ ...output, outputId: output.outputId ?? `out_${index + 1}` }));
}

/** The output as it may be stored and shown: without its key, wherever that stood. */
function concealedOutput(output: LivestreamOutput): LivestreamOutput {
  return { ...output, url: parseDestination(output).shownUrl, streamKey: HIDDEN_KEY };
}

/** Pushes the composed room to RTMP servers: one encode for all, and each with its own connection and fate. */
export const rtmp = defineStep({
  name: 'rtmp',
  params: stepParams.rtmp,
  inputs: [{ name: 'room', carries: 'audio-video' }],
  outputs: [],
  conceal: (params) => ({ ...params, outputs: params.outputs.map(concealedOutput) }),
  start(context) {
    const composition = context.compose();
    const profile = broadcastProfile(composition.size, context.params.config);
    let stopping: Promise<void> | null = null;

    const broadcast = createRtmpBroadcast({
      stream: {
        video: profile.video && { ...profile.video, frameRate: FRAME_RATE },
        audio: profile.audio,
      },
      addressOf: context.addressOf,
      requestKeyFrame() {
        encoded.requestKeyFrame();
      },
      onChange: tell,
    });
    const encoded = composition.addOutput(profile, {
      frame(frame) {
        broadcast.push(frame);
      },
      interrupted(reason) {
        context.report({ type: 'progress', progress: { interrupted: reason } });
      },
      failed(error) {
        context.report({ type: 'failure', code: 'composition-failed', message: error.message });
      },
    });
    for (const output of identifiedOutputs(context.params.outputs)) {
      add(output);
    }

    function add(output: IdentifiedOutput): void {
      broadcast.add(output.outputId, parseDestination(output));
    }

    function tell(outputId: string, status: PusherStatus): void {
      const update: RtmpOutputUpdate = { kind: 'rtmp-output', outputId, ...status };
      context.report({ type: 'update', update });
    }

    const timer = setInterval(() => {
      let bytesSent = 0;
      let framesDropped = 0;
      let live = 0;
      for (const [outputId, status] of broadcast.statuses()) {
        tell(outputId, status);
        bytesSent += status.bytesSent;
        framesDropped += status.framesDropped;
        live += status.state === 'live' ? 1 : 0;
      }
      context.report({
        type: 'progress',
        progress: {
          ...composition.stats(),
          outputsLive: live,
          bytesSent,
          framesDropped,
          framesQueued: broadcast.longestQueue(),
        },
      });
    }, PROGRESS_MS);

    return {
      updateLook(look) {
        composition.update(look);
      },
      command(command) {
        if (isAddOutput(command)) {
          add(command.output);
        } else if (isRemoveOutput(command)) {
          void broadcast.remove(command.outputId);
        } else {
          throw new RoomflowError('internal', `An rtmp step knows no command "${command.kind}".`);
        }
      },
      stop() {
        stopping ??= (async () => {
          clearInterval(timer);
          encoded.close();
          await broadcast.stop();
          composition.close();
        })();
        return stopping;
      },
    };
  },
});

const isAddOutput = (command: StepUpdate): command is RtmpCommand & { kind: 'add-output' } =>
  command.kind === 'add-output';
const isRemoveOutput = (command: StepUpdate): command is RtmpCommand & { kind: 'remove-output' } =>
  command.kind === 'remove-output';
