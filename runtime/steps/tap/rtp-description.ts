import type { PacketizedCodec } from '../../media/index.ts';

/** Dynamic payload types as most programs choose them; a receiver goes by the session description anyhow. */
const defaultPayloadTypes: Record<PacketizedCodec, number> = { opus: 111, vp8: 96, h264: 102 };
const formats: Record<PacketizedCodec, string> = {
  opus: 'opus/48000/2',
  vp8: 'VP8/90000',
  h264: 'H264/90000',
};

/** RTP clock of a codec, in Hz. */
export const clockRateOf = (codec: PacketizedCodec): number => (codec === 'opus' ? 48_000 : 90_000);

export const payloadTypeOf = (codec: PacketizedCodec, asked: number | undefined): number =>
  asked ?? defaultPayloadTypes[codec];

/** One stream that a tap sends on as RTP; told once it is known, and again when its codec changes. */
export type RtpOutput = {
  /** Of `rtp` in the step's params. */
  index: number;
  codec: PacketizedCodec;
  payloadType: number;
  ssrc: number;
  address: string;
  port: number;
};

/** How to receive the streams of a tap (RFC 8866): a file that ffplay, ffmpeg and VLC open. Pure. */
export function describeRtp(stepId: string, outputs: readonly RtpOutput[]): string {
  const addressType = (address: string): string => (address.includes(':') ? 'IP6' : 'IP4');
  const lines = [
    'v=0',
    'o=- 0 0 IN IP4 127.0.0.1',
    `s=Roomflow tap ${stepId}`,
    't=0 0',
    ...outputs.flatMap(({ codec, payloadType, ssrc, address, port }) => [
      `m=${codec === 'opus' ? 'audio' : 'video'} ${port} RTP/AVP ${payloadType}`,
      `c=IN ${addressType(address)} ${address}`,
      `a=rtpmap:${payloadType} ${formats[codec]}`,
      ...(codec === 'h264' ? [`a=fmtp:${payloadType} packetization-mode=1`] : []),
      `a=ssrc:${ssrc} cname:${stepId}`,
      'a=recvonly',
    ]),
  ];
  return `${lines.join('\r\n')}\r\n`;
}
