/**
 * Peer connections: publishing, forwarding and subscribing over WebRTC. The only floor that knows werift;
 * it knows nothing of rooms.
 */
export { nowMs } from './clock.ts';
export type { CodecName } from './codec/key-frame.ts';
export { startsKeyFrame } from './codec/key-frame.ts';
export type {
  IncomingTrack,
  RtpListener,
  SenderReport,
  TrackCodec,
  TrackLayer,
  TrackStats,
} from './incoming-track.ts';
export { refusedDatagrams } from './fast-path/index.ts';
export { createLocalAudioTrack, createLocalVideoTrack } from './local/index.ts';
export type { LocalAudioTrack, LocalTrack, LocalVideoTrack } from './local/index.ts';
export { missingPacketPath } from './packet-path.ts';
export type { PacketPathName } from './packet-path.ts';
export type { PeerState, TransportStats } from './peer-transport.ts';
export { createPublisher } from './publisher.ts';
export type { PublishedTrackAnnouncement, Publisher, PublisherEvents } from './publisher.ts';
export { writeSenderReport } from './rtcp/writer.ts';
export type { RtpPacket } from './rtp/packet.ts';
export type { IceServerSettings, WebRtcSettings } from './settings.ts';
export { createSubscriber } from './subscriber.ts';
export type {
  SubscribeOffer,
  SubscribePreference,
  Subscriber,
  SubscriberEvents,
  SubscriberStats,
} from './subscriber.ts';
export { ActiveSpeaker, chooseSpeaker, noSpeaker } from './active-speaker.ts';
export type { SpeakerChoice, SpeakerLevel } from './active-speaker.ts';
export { LoudestSpeakers, hear, isGuarded, leastMissed, takesPlace, unheard } from './loudest-speakers.ts';
export type { MicrophoneLevel } from './loudest-speakers.ts';
export { readOfferedMedia } from './offered-media.ts';
export type { OfferedMedia } from './offered-media.ts';
