import { stepParams, trackKinds, type TrackKind } from '../../contract/index.ts';
import { defineStep, type FrameSink } from '../step.ts';
import { createFrameFiles } from './frames.ts';
import { createRtpOutputs } from './rtp-outputs.ts';
import { createTapStreams } from './tap-streams.ts';
import { createUtteranceFiles } from './utterances.ts';

const defaultKinds: readonly TrackKind[] = ['audio', 'video'];
const PROGRESS_MS = 2000;

/**
 * A held, named reference to a participant's tracks: steps that name it in `from` open the same tracks, and so do
 * clients that stream from it. It takes media itself only where it leaves pictures or utterances as files, or sends
 * them on as RTP. It ends when the participant leaves.
 */
export const tap = defineStep({
  name: 'tap',
  params: stepParams.tap,
  inputs: [{ name: 'participant', carries: 'audio-video' }],
  outputs: [{ name: 'frames', carries: 'audio-video' }],
  start(context) {
    const { participantId, kinds = defaultKinds, frames: pictures, utterances, rtp } = context.params;
    const sink: FrameSink = {
      frame() {
        // Nothing is taken here: what uses the tap opens tracks for itself.
      },
      muted: reportTracks,
      trackEnded: reportTracks,
      participantLeft() {
        context.report({ type: 'ended', reason: 'participant-left' });
      },
    };
    const frames = context.tap(participantId, [], sink);
    const streams = createTapStreams(context, participantId, kinds);
    const frameFiles = pictures ? createFrameFiles(context, participantId, pictures) : null;
    const utteranceFiles = utterances
      ? createUtteranceFiles(context, participantId, utterances === true ? {} : utterances)
      : null;
    const rtpOutputs = rtp ? createRtpOutputs(context, participantId, rtp) : null;

    function reportTracks(): void {
      const published = trackKinds.filter((kind) => kinds.includes(kind) && frames.published.has(kind));
      context.report({ type: 'progress', progress: { published: published.join(',') } });
    }

    let stopping: Promise<void> | null = null;
    let told = '';
    const timer = setInterval(() => {
      const { clients, dropped } = streams;
      const now = `${clients}/${dropped}`;
      if (now !== told) {
        told = now;
        context.report({ type: 'progress', progress: { clients, messagesDropped: dropped } });
      }
    }, PROGRESS_MS);

    reportTracks();
    return {
      connect(connection) {
        streams.connect(connection);
      },
      stop(reason) {
        stopping ??= (async () => {
          clearInterval(timer);
          streams.end(reason);
          rtpOutputs?.close();
          frames.close();
          await Promise.all([frameFiles?.close(), utteranceFiles?.close()]);
        })();
        return stopping;
      },
    };
  },
});
