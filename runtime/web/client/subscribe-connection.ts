import type { IceCandidate, SignallingEvents } from '../../contract/index.ts';
import type { SignallingRequestFunction } from './signalling-socket.ts';
import { trickledCandidate } from './trickled-candidate.ts';

type SubscribeOffer = SignallingEvents['subscribe-offer'];

export type SubscribeConnectionOptions = {
  createPeerConnection: () => RTCPeerConnection;
  request: SignallingRequestFunction;
  /** Tracks that now arrive, by track id: the whole map each time. */
  onTracks: (tracks: ReadonlyMap<string, MediaStreamTrack>) => void;
  onPeerConnection: (peerConnection: RTCPeerConnection) => void;
  onFailure: (error: unknown) => void;
};

/**
 * The connection that receives. The runtime offers, one offer after the other; which track is on which `mid` is
 * what the offer says last, since a freed m-line is used again for somebody else (RFC 8829 section 5.2.2).
 */
export class SubscribeConnection {
  readonly #options: SubscribeConnectionOptions;
  #pc: RTCPeerConnection | null = null;
  #iceUser: string | null = null;
  #heldCandidates: IceCandidate[] | null = [];
  #queue: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: SubscribeConnectionOptions) {
    this.#options = options;
  }

  get peerConnection(): RTCPeerConnection | null {
    return this.#pc;
  }

  /** Answers `offer` after those before it. */
  handleOffer(offer: SubscribeOffer): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#closed) {
        return;
      }
      try {
        await this.#answer(offer);
      } catch (error) {
        this.#failed(error);
      }
    });
  }

  close(): void {
    this.#closed = true;
    this.#pc?.close();
    this.#options.onTracks(new Map());
  }

  #failed(error: unknown): void {
    if (!this.#closed) {
      this.#options.onFailure(error);
    }
  }

  async #answer(offer: SubscribeOffer): Promise<void> {
    const pc = this.#connectionFor(offer.sdp);
    await pc.setRemoteDescription({ type: 'offer', sdp: offer.sdp });
    await pc.setLocalDescription();
    const sdp = pc.localDescription?.sdp;
    if (sdp === undefined || this.#closed) {
      return;
    }
    this.#options.onTracks(tracksOf(pc, offer));
    await this.#options.request('subscribe-answer', { offerId: offer.offerId, sdp });
    const held = this.#heldCandidates ?? [];
    this.#heldCandidates = null;
    held.forEach((candidate) => this.#sendCandidate(candidate));
  }

  /**
   * The runtime does not say when it began a connection anew. Its ICE user fragment does: one connection keeps
   * it, as no side restarts ICE here (RFC 8839 section 5.4).
   */
  #connectionFor(sdp: string): RTCPeerConnection {
    const iceUser = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? null;
    if (this.#pc !== null && this.#iceUser === iceUser) {
      return this.#pc;
    }
    this.#pc?.close();
    this.#heldCandidates = [];
    const pc = this.#options.createPeerConnection();
    pc.addEventListener('icecandidate', ({ candidate }) => {
      const trickled = trickledCandidate(candidate);
      if (trickled !== null && this.#pc === pc) {
        this.#sendCandidate(trickled);
      }
    });
    this.#pc = pc;
    this.#iceUser = iceUser;
    this.#options.onPeerConnection(pc);
    return pc;
  }

  #sendCandidate(candidate: IceCandidate): void {
    if (this.#heldCandidates !== null) {
      this.#heldCandidates.push(candidate);
      return;
    }
    const request = this.#options.request('candidate', { connection: 'subscribe', candidate });
    request.catch(() => {
      // A refused or lost candidate costs one path, not the connection: ICE goes on with the others.
    });
  }
}

function tracksOf(pc: RTCPeerConnection, offer: SubscribeOffer): ReadonlyMap<string, MediaStreamTrack> {
  const byMid = new Map(pc.getTransceivers().map((one) => [one.mid, one.receiver.track]));
  return new Map(
    offer.tracks.flatMap(({ mid, trackId }) => {
      const track = byMid.get(mid);
      return track === undefined ? [] : [[trackId, track] as const];
    }),
  );
}
