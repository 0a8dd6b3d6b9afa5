import type { TrackKind } from '../../contract/index.ts';
import type { EncodedFrame } from '../../media/index.ts';
import type { FrameTap, StepContext } from '../step.ts';

/**
 * Frames of one kind of track, with the id of the track that they are of: one may end and another follow.
 *
 * @param on.stopped - Muted or ended: what was begun is over, and what comes next begins anew.
 */
export function tapKind(
  context: Pick<StepContext<unknown>, 'tap'>,
  participantId: string,
  kind: TrackKind,
  on: { frame(frame: EncodedFrame, trackId: string): void; stopped?(): void },
): Pick<FrameTap, 'close'> & { requestKeyFrame(): void } {
  let trackId = '';
  const stopped = (): void => {
    trackId = '';
    on.stopped?.();
  };
  const tap = context.tap(participantId, [kind], {
    frame(_kind, frame) {
      if (trackId === '') {
        trackId = tap.published.get(kind) ?? '';
      }
      on.frame(frame, trackId);
    },
    muted(_kind, muted) {
      if (muted) {
        stopped();
      }
    },
    trackEnded: stopped,
    participantLeft() {
      // The step itself ends with its participant.
    },
  });
  return {
    close() {
      tap.close();
    },
    requestKeyFrame() {
      tap.requestKeyFrame(kind);
    },
  };
}
