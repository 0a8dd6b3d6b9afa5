import type { TrackKind } from '../../contract/index.ts';
import { createPcmDecoder, createTapMessage, type PcmDecoder, type PcmRate } from '../../media/index.ts';
import type { StepContext } from '../step.ts';
import type { OpenFeed } from './shared-feeds.ts';
import { tapKind } from './tapped-kind.ts';

type Context = Pick<StepContext<unknown>, 'tap'>;

/** The packets of a track as they came. */
export const opusFeed =
  (context: Context, participantId: string, kind: TrackKind): OpenFeed =>
  (deliver) => {
    const tap = tapKind(context, participantId, kind, {
      frame({ data, timestampMs }, trackId) {
        deliver(createTapMessage({ type: 'opus', participantId, trackId, kind, timeMs: timestampMs }, data));
      },
    });
    return () => {
      tap.close();
    };
  };

/** A track decoded into blocks of 20 ms. */
export const pcmFeed =
  (context: Context, participantId: string, kind: TrackKind, sampleRate: PcmRate): OpenFeed =>
  (deliver) => {
    let trackId = '';
    let decoder: PcmDecoder | null = null;
    const open = (): PcmDecoder =>
      createPcmDecoder({
        sampleRate,
        onBlock(samples, timeMs) {
          deliver(
            createTapMessage({ type: 'pcm', participantId, trackId, kind, timeMs, sampleRate }, samples),
          );
        },
      });
    const tap = tapKind(context, participantId, kind, {
      frame(frame, id) {
        if (id !== trackId) {
          // Another track is another stream: its decoder begins anew.
          decoder?.close();
          decoder = null;
          trackId = id;
        }
        decoder ??= open();
        decoder.push(frame);
      },
    });
    return () => {
      tap.close();
      decoder?.close();
    };
  };
