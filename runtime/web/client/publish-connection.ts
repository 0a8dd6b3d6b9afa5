import type { IceCandidate, TrackKind } from '../../contract/index.ts';
import type { SignallingRequestFunction } from './signalling-socket.ts';
import { trickledCandidate } from './trickled-candidate.ts';
import { preferVp8, sendEncodings } from './video-encodings.ts';

export type PublishConnectionOptions = {
  peerConnection: RTCPeerConnection;
  request: SignallingRequestFunction;
  /** The exchange with the runtime went wrong; the connection is of no more use. */
  onFailure: (error: unknown) => void;
};

type Slot = {
  transceiver: RTCRtpTransceiver;
  track: MediaStreamTrack | null;
  announcedMuted: boolean;
};

const FALLBACK_HEIGHT = 720;

/** A share that has ended is gone for everybody; a microphone or camera turned off is only muted. */
const endsWithoutTrack = (kind: TrackKind): boolean => kind === 'screen_video' || kind === 'screen_audio';

/**
 * The connection that sends. One transceiver a kind, made when the kind is first used; from then on turning a
 * device off and on only swaps the sender's track, so it needs no negotiation (W3C WebRTC, replaceTrack). A
 * screen share that ends is taken out of the negotiation, and taken in again when the next one begins.
 */
export class PublishConnection {
  readonly #pc: RTCPeerConnection;
  readonly #request: SignallingRequestFunction;
  readonly #onFailure: (error: unknown) => void;
  readonly #slots = new Map<TrackKind, Slot>();
  #wanted: ReadonlyMap<TrackKind, MediaStreamTrack | null> = new Map();
  #working: Promise<void> | null = null;
  #closed = false;
  /** Held back until the runtime has the offer that they belong to. */
  #heldCandidates: IceCandidate[] | null = [];

  constructor({ peerConnection, request, onFailure }: PublishConnectionOptions) {
    this.#pc = peerConnection;
    this.#request = request;
    this.#onFailure = onFailure;
    peerConnection.addEventListener('icecandidate', ({ candidate }) => {
      const trickled = trickledCandidate(candidate);
      if (trickled !== null) {
        this.#sendCandidate(trickled);
      }
    });
  }

  get peerConnection(): RTCPeerConnection {
    return this.#pc;
  }

  /** True once there is something to connect for. */
  get inUse(): boolean {
    return this.#slots.size > 0;
  }

  /** Sends exactly these tracks; null keeps a kind's place without media. A kind never used before is left out. */
  sync(wanted: ReadonlyMap<TrackKind, MediaStreamTrack | null>): void {
    this.#wanted = new Map(wanted);
    this.#working ??= this.#run();
  }

  /** Tells the runtime anew what is muted: after a signalling loss it may have missed a change. */
  announceMuted(): void {
    for (const slot of this.#slots.values()) {
      slot.announcedMuted = slot.track !== null;
    }
    this.sync(this.#wanted);
  }

  close(): void {
    this.#closed = true;
    this.#pc.close();
  }

  async #run(): Promise<void> {
    try {
      // What is wanted may change while it is being applied; then once more.
      for (let applied; applied !== this.#wanted && !this.#closed;) {
        applied = this.#wanted;
        await this.#apply(applied);
      }
    } catch (error) {
      if (!this.#closed) {
        this.#onFailure(error);
      }
    } finally {
      this.#working = null;
    }
  }

  async #apply(wanted: ReadonlyMap<TrackKind, MediaStreamTrack | null>): Promise<void> {
    let negotiationNeeded = false;
    for (const [kind, track] of wanted) {
      const slot = this.#slots.get(kind);
      if (slot === undefined) {
        this.#slots.set(kind, this.#addSlot(kind, track));
        negotiationNeeded = true;
      } else if (slot.track !== track) {
        slot.track = track;
        await slot.transceiver.sender.replaceTrack(track);
        if (endsWithoutTrack(kind)) {
          slot.transceiver.direction = track === null ? 'inactive' : 'sendonly';
          slot.announcedMuted = false;
          negotiationNeeded = true;
        }
      }
    }
    if (this.#closed) {
      return;
    }
    if (negotiationNeeded) {
      await this.#negotiate();
    }
    for (const [kind, slot] of this.#slots) {
      const muted = slot.track === null;
      if (slot.announcedMuted !== muted && slot.transceiver.direction !== 'inactive') {
        slot.announcedMuted = muted;
        await this.#request('set-muted', { kind, muted });
      }
    }
  }

  #addSlot(kind: TrackKind, track: MediaStreamTrack | null): Slot {
    const mediaKind = kind === 'audio' || kind === 'screen_audio' ? 'audio' : 'video';
    const transceiver = this.#pc.addTransceiver(track ?? mediaKind, {
      direction: 'sendonly',
      sendEncodings: sendEncodings(kind, track?.getSettings().height ?? FALLBACK_HEIGHT),
    });
    const capabilities = mediaKind === 'video' ? RTCRtpSender.getCapabilities('video') : null;
    if (capabilities !== null) {
      transceiver.setCodecPreferences(preferVp8(capabilities.codecs));
    }
    return { transceiver, track, announcedMuted: track === null };
  }

  async #negotiate(): Promise<void> {
    await this.#pc.setLocalDescription();
    const sdp = this.#pc.localDescription?.sdp;
    if (sdp === undefined) {
      throw new Error('The browser made no offer.');
    }
    const tracks = [...this.#slots].flatMap(([kind, slot]) =>
      slot.transceiver.mid === null || slot.transceiver.direction === 'inactive'
        ? []
        : [{ mid: slot.transceiver.mid, kind, muted: slot.announcedMuted }],
    );
    const answer = await this.#request('publish', { sdp, tracks });
    if (this.#closed) {
      return;
    }
    await this.#pc.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
    const held = this.#heldCandidates ?? [];
    this.#heldCandidates = null;
    held.forEach((candidate) => this.#sendCandidate(candidate));
  }

  #sendCandidate(candidate: IceCandidate): void {
    if (this.#heldCandidates !== null) {
      this.#heldCandidates.push(candidate);
      return;
    }
    const request = this.#request('candidate', { connection: 'publish', candidate });
    request.catch(() => {
      // A refused or lost candidate costs one path, not the connection: ICE goes on with the others.
    });
  }
}
