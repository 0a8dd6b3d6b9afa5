import { readRemoteDescription } from './sdp/remote-description.ts';

/** A media section that an offer holds. */
export type OfferedMedia = {
  mid: string;
  type: 'audio' | 'video';
  /** The client means to send in it. */
  sends: boolean;
  /** The client means to receive in it. */
  receives: boolean;
};

/**
 * What an offer wants to send and receive: for WHIP and WHEP, where nothing is announced beside the SDP.
 *
 * @throws RoomflowError `invalid-sdp`.
 */
export function readOfferedMedia(offerSdp: string): OfferedMedia[] {
  return readRemoteDescription(offerSdp, 'offer').sections.flatMap((section) =>
    section.type === 'other' || section.rejected
      ? []
      : [
          {
            mid: section.mid,
            type: section.type,
            sends: section.direction === 'sendonly' || section.direction === 'sendrecv',
            receives: section.direction === 'recvonly' || section.direction === 'sendrecv',
          },
        ],
  );
}
