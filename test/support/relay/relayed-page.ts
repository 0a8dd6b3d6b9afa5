/** The function that the test puts into the page: the relay to use for an address, or null to leave it out. */
export type RelayLookup = (
  address: string,
  port: number,
  transport: string,
) => Promise<{ address: string; port: number } | null>;

/**
 * Runs in the page, before its own scripts: every RTCPeerConnection reaches its peer only through relays.
 *
 * Remote candidates get the relay's address. Own candidates are hidden: a peer that knew them would write past
 * the relay, and ICE would find that path (RFC 8445 section 7.3.1.3).
 *
 * Self-contained: it is sent to the browser as text.
 */
export function installRelayedConnections(lookupName: string): void {
  const lookUp = Reflect.get(globalThis, lookupName) as RelayLookup;
  const candidatePattern = /^((?:a=)?candidate:\S+ \d+ (\S+) \d+ )(\S+) (\d+)( .*)$/;

  async function relayed(text: string): Promise<string> {
    const lines = await Promise.all(
      text.split('\r\n').map(async (line) => {
        const match = candidatePattern.exec(line);
        if (match === null) {
          return line;
        }
        const [, before = '', transport = '', address = '', port = '', after = ''] = match;
        const relay = await lookUp(address, Number(port), transport.toLowerCase());
        return relay === null ? undefined : `${before}${relay.address} ${relay.port}${after}`;
      }),
    );
    return lines.filter((line) => line !== undefined).join('\r\n');
  }

  function withoutOwn(description: RTCSessionDescription | null): RTCSessionDescription | null {
    if (description === null) {
      return null;
    }
    const lines = description.sdp.split('\r\n').filter((line) => !candidatePattern.test(line));
    return new RTCSessionDescription({ type: description.type, sdp: lines.join('\r\n') });
  }

  class RelayedPeerConnection extends RTCPeerConnection {
    /** The browser queues these calls by itself; rewriting them takes time, so their order is kept here. */
    #order: Promise<unknown> = Promise.resolve();

    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      // The first listener, so it can hide the event from all others and from onicecandidate.
      this.addEventListener('icecandidate', (event) => {
        if (event.candidate !== null && event.candidate.candidate !== '') {
          event.stopImmediatePropagation();
        }
      });
    }

    override get localDescription(): RTCSessionDescription | null {
      return withoutOwn(super.localDescription);
    }
    override get currentLocalDescription(): RTCSessionDescription | null {
      return withoutOwn(super.currentLocalDescription);
    }
    override get pendingLocalDescription(): RTCSessionDescription | null {
      return withoutOwn(super.pendingLocalDescription);
    }

    override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      const sdp = await this.#inOrder(relayed(description.sdp ?? ''));
      return super.setRemoteDescription({ type: description.type, sdp });
    }

    override async addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
      const text = await this.#inOrder(relayed(candidate?.candidate ?? ''));
      if (candidate?.candidate && text === '') {
        return;
      }
      const { sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = candidate ?? {};
      return candidate
        ? super.addIceCandidate({ candidate: text, sdpMid, sdpMLineIndex, usernameFragment })
        : super.addIceCandidate();
    }

    #inOrder(text: Promise<string>): Promise<string> {
      const turn = this.#order.then(() => text);
      this.#order = turn.catch(() => undefined);
      return turn;
    }
  }
  window.RTCPeerConnection = RelayedPeerConnection;
}
