import { stepParams, trackKinds, type TrackKind } from '../../contract/index.ts';
import { defineStep, type FrameSink } from '../step.ts';
import { createTapStreams } from './tap-streams.ts';

const defaultKinds: readonly TrackKind[] = ['audio', 'video'];
const PROGRESS_MS = 2000;

/**
 * A held, named reference to a participant's tracks. It takes no media itself: steps that name it in `from`
 * open the same tracks, and so do clients that stream from it. It ends when the participant leaves.
 */
export const tap = defineStep({
  name: 'tap',
  params: stepParams.tap,
  inputs: [{ name: 'participant', carries: 'audio-video' }],
  outputs: [{ name: 'frames', carries: 'audio-video' }],
  start(context) {
    const { participantId, kinds = defaultKinds } = context.params;
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

    function reportTracks(): void {
      const published = trackKinds.filter((kind) => kinds.includes(kind) && frames.published.has(kind));
      context.report({ type: 'progress', progress: { published: published.join(',') } });
    }

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
        clearInterval(timer);
        streams.end(reason);
        frames.close();
        return Promise.resolve();
      },
    };
  },
});
