import type { TrackKind } from '../../contract/index.ts';
import { createPictureStream, createTapMessage } from '../../media/index.ts';
import type { StepContext } from '../step.ts';
import type { OpenFeed } from './shared-feeds.ts';
import { tapKind } from './tapped-kind.ts';

/** Pictures of a track at a rate, as JPEG. */
export const jpegFeed =
  (
    context: Pick<StepContext<unknown>, 'tap'>,
    participantId: string,
    kind: TrackKind,
    { fps, maxWidth }: { fps: number; maxWidth: number | null },
  ): OpenFeed =>
  (deliver) => {
    let trackId = '';
    const pictures = createPictureStream({
      everyMs: 1000 / fps,
      onSceneChange: false,
      maxWidth,
      requestKeyFrame() {
        tap.requestKeyFrame();
      },
      onPicture({ data, timeMs, width, height }) {
        deliver(
          createTapMessage({ type: 'jpeg', participantId, trackId, kind, timeMs, width, height }, data),
        );
      },
    });
    const tap = tapKind(context, participantId, kind, {
      frame(frame, id) {
        trackId = id;
        pictures.push(frame);
      },
      stopped() {
        pictures.restart();
      },
    });
    return () => {
      tap.close();
      void pictures.close();
    };
  };
