import type { IceCandidate } from '../../contract/index.ts';

/**
 * The candidate as it is told to the runtime, or null when telling it is of no use: the end of candidates, and
 * active TCP, which connects from here to the runtime's own candidates and cannot be connected to (RFC 6544
 * section 4.5).
 */
export function trickledCandidate(candidate: RTCIceCandidate | null): IceCandidate | null {
  if (candidate === null || candidate.candidate === '' || / tcptype active\b/.test(candidate.candidate)) {
    return null;
  }
  const { sdpMid, sdpMLineIndex } = candidate;
  return { candidate: candidate.candidate, sdpMid, sdpMLineIndex };
}
