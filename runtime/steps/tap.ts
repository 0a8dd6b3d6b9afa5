import { stepParams, trackKinds, type TrackKind } from '../contract/index.ts';
import { defineStep, type FrameSink } from './step.ts';

const defaultKinds: readonly TrackKind[] = ['audio', 'video'];

/**
 * A held, named reference to a participant's tracks. It takes no media itself: steps that name it in `from`
 * open the same tracks. It ends when the participant leaves.
 */
export const tap = defineStep({
  name: 'tap',
  params: stepParams.tap,
  inputs: [{ name: 'participant', carries: 'audio-video' }],
  outputs: [{ name: 'frames', carries: 'audio-video' }],
  start(context) {
    const kinds = context.params.kinds ?? defaultKinds;
    const sink: FrameSink = {
      frame() {
        // A tap passes nothing on: the steps fed by it subscribe for themselves.
      },
      muted: reportTracks,
      trackEnded: reportTracks,
      participantLeft() {
        context.report({ type: 'ended', reason: 'participant-left' });
      },
    };
    const frames = context.tap(context.params.participantId, [], sink);

    function reportTracks(): void {
      const published = trackKinds.filter((kind) => kinds.includes(kind) && frames.published.has(kind));
      context.report({ type: 'progress', progress: { published: published.join(',') } });
    }

    reportTracks();
    return {
      stop() {
        frames.close();
        return Promise.resolve();
      },
    };
  },
});
