import type { TrackKind } from '../../../runtime/contract/index.ts';
import { startMediaPublisher, type MediaPublisher, type MediaPublisherOptions } from './media-publisher.ts';
import type { SignallingParticipant } from './signalling-participant.ts';

/**
 * Publishes as a participant that is in the room.
 *
 * @param options.kinds what each clip is; microphone and camera when left out
 */
export async function publishAs(
  participant: SignallingParticipant,
  options: Omit<MediaPublisherOptions, 'exchange'> & { kinds?: readonly TrackKind[] },
): Promise<MediaPublisher> {
  const { kinds = options.clips.map((clip) => (clip.codec === 'opus' ? 'audio' : 'video')) } = options;
  await participant.call('media-start');
  return startMediaPublisher({
    ...options,
    exchange: async (sdp, mids) => {
      const tracks = mids.flatMap((mid, index) =>
        mid === null ? [] : [{ mid, kind: kinds[index] ?? 'video' }],
      );
      return (await participant.call('publish', { sdp, tracks })).sdp;
    },
  });
}
