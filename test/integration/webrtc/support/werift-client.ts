import {
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtpHeader,
  RtpPacket,
  useAudioLevelIndication,
  useOPUS,
  useSdesMid,
  useTransportWideCC,
  useVP8,
} from 'werift';
import type { RTCRtpTransceiver } from 'werift';
import type { PacketPathName } from '../../../../runtime/webrtc/index.ts';

/** Settings under which all peers of these tests meet. */
export const loopback = { bindAddresses: ['127.0.0.1'] };

/** The same tests have to pass on each. */
export const packetPaths: readonly PacketPathName[] = ['fast', 'native', 'werift'];

/** An independent WebRTC client: stock werift with VP8 and Opus. */
export function createClient(): RTCPeerConnection {
  return new RTCPeerConnection({
    codecs: { video: [useVP8()], audio: [useOPUS()] },
    headerExtensions: {
      video: [useSdesMid(), useTransportWideCC()],
      audio: [useSdesMid(), useTransportWideCC(), useAudioLevelIndication()],
    },
    iceServers: [],
    // Without it werift opens a transport per section and never closes those that the bundle makes idle.
    bundlePolicy: 'max-bundle',
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
    iceFilterCandidatePair: (pair) => pair.remoteCandidate.host === '127.0.0.1',
  });
}

export { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket };
export type { RTCRtpTransceiver };

/** A VP8 packet: key frame or interframe, with a 15-bit picture id. */
export function vp8Payload(options: {
  key: boolean;
  pictureId: number;
  size?: number;
  tl0?: number;
}): Buffer {
  const payload = Buffer.alloc(options.size ?? 200, 7);
  payload[0] = 0x90;
  payload[1] = 0xc0;
  payload[2] = 0x80 | ((options.pictureId >> 8) & 0x7f);
  payload[3] = options.pictureId & 0xff;
  payload[4] = options.tl0 ?? 0;
  payload[5] = options.key ? 0x10 : 0x11;
  return payload;
}

export function rtpPacket(
  payload: Buffer,
  header: { sequenceNumber: number; timestamp: number; payloadType: number; marker?: boolean; ssrc?: number },
): RtpPacket {
  return new RtpPacket(new RtpHeader({ ssrc: 1, marker: false, ...header }), payload);
}
