/** What can be read of an RTP packet though its payload is encrypted (RFC 3711 leaves the header in clear). */
export type RtpHeader = { payloadType: number; sequenceNumber: number; ssrc: number };

/**
 * Whether a datagram is RTP, told apart from STUN, DTLS and RTCP on the same port by its first two bytes
 * (RFC 7983, RFC 5761).
 */
export function isRtp(datagram: Buffer): boolean {
  return isRtpOrRtcp(datagram) && !isRtcpType(datagram[1] ?? 0);
}

/** Whether a datagram is RTP or RTCP. */
export function isRtpOrRtcp(datagram: Buffer): boolean {
  const first = datagram[0] ?? 0;
  return datagram.length >= 12 && first >= 128 && first <= 191;
}

/** Reads a datagram for which {@link isRtp} holds. */
export function readRtpHeader(datagram: Buffer): RtpHeader {
  return {
    payloadType: (datagram[1] ?? 0) & 0x7f,
    sequenceNumber: datagram.readUInt16BE(2),
    ssrc: datagram.readUInt32BE(8),
  };
}

function isRtcpType(type: number): boolean {
  return type >= 192 && type <= 223;
}
