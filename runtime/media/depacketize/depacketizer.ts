/** What a depacketizer hands on: a whole frame with the RTP timestamp it was captured at. */
export type FrameHandler = (
  data: Uint8Array,
  key: boolean,
  rtpTimestamp: number,
  width: number | undefined,
  height: number | undefined,
) => void;

/**
 * Joins the payloads of one stream, given in order, into frames. After a loss it hands on nothing until the next key
 * frame, so that no decoder sees a frame whose references are missing.
 */
export type Depacketizer = {
  push(payload: Uint8Array, marker: boolean, rtpTimestamp: number): void;
  /** Packets are missing before the next one. */
  lost(): void;
  /** Frames left out because they, or what they refer to, were not whole. */
  readonly framesDropped: number;
};

export type DepacketizerOptions = {
  onFrame: FrameHandler;
  /** Called for each frame left out for want of a key frame; the caller limits how often it asks the sender. */
  onKeyFrameNeeded: () => void;
};

/** Collects the pieces of a frame without copying until it is whole. */
export class PieceList {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  get empty(): boolean {
    return this.#pieces.length === 0;
  }

  add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  clear(): void {
    this.#pieces.length = 0;
    this.#length = 0;
  }

  /** Joins the pieces into one new array and begins anew. */
  take(): Uint8Array {
    const joined = new Uint8Array(this.#length);
    let offset = 0;
    for (const piece of this.#pieces) {
      joined.set(piece, offset);
      offset += piece.length;
    }
    this.clear();
    return joined;
  }
}
