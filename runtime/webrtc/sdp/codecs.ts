import type { CodecName } from '../codec/key-frame.ts';

/** One negotiated codec of a media section. */
export type NegotiatedCodec = {
  name: CodecName;
  clockRate: number;
  payloadType: number;
  /** Format parameters as in `a=fmtp`; empty when there are none. */
  fmtp: string;
  /** Payload type of retransmissions (RFC 4588), or -1. */
  rtxPayloadType: number;
};

type OfferedFormat = { payload: number; codec: string; rate?: number | undefined };

const supportedNames: Record<'audio' | 'video', readonly CodecName[]> = {
  audio: ['opus'],
  video: ['vp8', 'h264', 'vp9', 'av1'],
};

/**
 * The codecs of a media section that this SFU takes, in the order of the section: the first is what the
 * other side prefers. H.264 only as constrained baseline with packetization mode 1, which every browser
 * decodes; VP9 only in profile 0.
 */
export function supportedCodecs(
  type: 'audio' | 'video',
  order: readonly number[],
  formats: readonly OfferedFormat[],
  parameters: readonly { payload: number; config: string }[],
): NegotiatedCodec[] {
  const fmtpOf = (payload: number) => parameters.find((entry) => entry.payload === payload)?.config ?? '';
  const rtxOf = new Map<number, number>();
  for (const format of formats) {
    const apt = /(?:^|;)\s*apt=(\d+)/.exec(fmtpOf(format.payload))?.[1];
    if (format.codec.toLowerCase() === 'rtx' && apt !== undefined) {
      rtxOf.set(Number(apt), format.payload);
    }
  }
  return order.flatMap((payloadType) => {
    const format = formats.find((entry) => entry.payload === payloadType);
    const name = supportedNames[type].find((known) => known === format?.codec.toLowerCase());
    const fmtp = fmtpOf(payloadType);
    if (format === undefined || name === undefined || !isForwardable(name, fmtp)) {
      return [];
    }
    return [
      {
        name,
        clockRate: name === 'opus' ? 48_000 : 90_000,
        payloadType,
        fmtp,
        rtxPayloadType: rtxOf.get(payloadType) ?? -1,
      },
    ];
  });
}

/** Each way to write constrained baseline as `profile_idc` and `profile-iop` (RFC 6184 section 8.1, table 5). */
const constrainedBaseline = /profile-level-id=(?:42[4-7c-f]0|4d[89a-f]0|58[c-f]0)[0-9a-f]{2}/i;

function isForwardable(name: CodecName, fmtp: string): boolean {
  if (name === 'h264') {
    return /packetization-mode=1/.test(fmtp) && constrainedBaseline.test(fmtp);
  }
  if (name === 'vp9') {
    return !/profile-id=[1-9]/.test(fmtp);
  }
  if (name === 'av1') {
    return !/(?:^|;)\s*profile=[1-9]/.test(fmtp);
  }
  return true;
}

/** Spelling of a codec in `a=rtpmap`, with clock rate and channels. */
export function rtpmapOf(codec: Pick<NegotiatedCodec, 'name' | 'clockRate'>): string {
  switch (codec.name) {
    case 'opus':
      return 'opus/48000/2';
    case 'vp8':
      return 'VP8/90000';
    case 'h264':
      return 'H264/90000';
    case 'vp9':
      return 'VP9/90000';
    case 'av1':
      return 'AV1/90000';
  }
}

/** Payload types in our own offers: fixed, so that all sections of a bundle agree. */
export const offeredPayloadTypes: Record<CodecName, { media: number; rtx: number }> = {
  opus: { media: 111, rtx: -1 },
  vp8: { media: 96, rtx: 97 },
  vp9: { media: 98, rtx: 99 },
  h264: { media: 102, rtx: 103 },
  av1: { media: 45, rtx: 46 },
};
