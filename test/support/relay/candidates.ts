/** The address of an ICE candidate. */
export type CandidateAddress = { address: string; port: number; transport: string };

/** `candidate:<foundation> <component> <transport> <priority> <address> <port> …` (RFC 8839 section 5.1). */
const CANDIDATE = /^((?:a=)?candidate:\S+ \d+ (\S+) \d+ )(\S+) (\d+)( .*)$/;

/**
 * Puts other addresses into the candidates of a session description, or of a single trickled candidate.
 *
 * @param map gives the new address; without one the candidate is left out
 */
export function rewriteCandidates(
  text: string,
  map: (candidate: CandidateAddress) => { address: string; port: number } | undefined,
): string {
  return text
    .split('\r\n')
    .flatMap((line) => {
      const match = CANDIDATE.exec(line);
      if (match === null) {
        return [line];
      }
      const [, before = '', transport = '', address = '', port = '', after = ''] = match;
      const mapped = map({ address, port: Number(port), transport: transport.toLowerCase() });
      return mapped === undefined ? [] : [`${before}${mapped.address} ${mapped.port}${after}`];
    })
    .join('\r\n');
}

/** The session description with no candidate in it. */
export function withoutCandidates(sdp: string): string {
  return rewriteCandidates(sdp, () => undefined);
}
