import { srtpProfiles } from '../../runtime/webrtc/srtp-parameters.ts';

/** What the peers of a case take: whatever a worker prefers, or only what stock werift is usually measured with. */
export const encryptions = ['any', 'aes-cm'] as const;
export type Encryption = (typeof encryptions)[number];

/** The SRTP profiles that peers of this process offer: its first argument is an {@link Encryption}. */
export const offeredProfiles =
  process.argv[2] === 'aes-cm' ? [srtpProfiles.aesCm] : [srtpProfiles.aesGcm, srtpProfiles.aesCm];
