import { isVp8KeyFrame, readVp8KeyFrameSize } from '../bitstream/index.ts';
import { PieceList } from './depacketizer.ts';
import type { Depacketizer, DepacketizerOptions } from './depacketizer.ts';

/** VP8 payloads (RFC 7741 §4). */
export const createVp8Depacketizer = (options: DepacketizerOptions): Depacketizer =>
  new Vp8Depacketizer(options);

class Vp8Depacketizer implements Depacketizer {
  framesDropped = 0;
  readonly #options: DepacketizerOptions;
  readonly #pieces = new PieceList();
  #timestamp = 0;
  #awaitsKey = true;
  #gap = false;
  /** Picture id of the frame being joined and of the last whole one; -1 when the sender does not number them. */
  #pictureId = -1;
  #pictureIdBits = 15;
  #lastPictureId = -1;
  #nonReference = false;

  constructor(options: DepacketizerOptions) {
    this.#options = options;
  }

  push(payload: Uint8Array, marker: boolean, rtpTimestamp: number): void {
    const first = payload[0];
    if (first === undefined) return; // padding
    let offset = 1;
    let pictureId = -1;
    if ((first & 0x80) !== 0) {
      const extension = payload[offset++] ?? 0;
      if ((extension & 0x80) !== 0) {
        pictureId = payload[offset++] ?? 0;
        if ((pictureId & 0x80) !== 0) {
          pictureId = ((pictureId & 0x7f) << 8) | (payload[offset++] ?? 0);
          this.#pictureIdBits = 15;
        } else {
          this.#pictureIdBits = 7;
        }
      }
      if ((extension & 0x40) !== 0) offset++; // TL0PICIDX
      if ((extension & 0x30) !== 0) offset++; // TID, KEYIDX
    }
    if (offset >= payload.length) return;
    const begins = (first & 0x10) !== 0 && (first & 0x07) === 0;
    if (begins) {
      if (!this.#pieces.empty) this.#complete(); // the sender leaves markers out
      this.#timestamp = rtpTimestamp;
      this.#pictureId = pictureId;
      this.#nonReference = (first & 0x20) !== 0;
      this.#pieces.add(payload.subarray(offset));
    } else if (!this.#pieces.empty && rtpTimestamp === this.#timestamp) {
      this.#pieces.add(payload.subarray(offset));
    } else {
      this.#drop(); // its beginning is lost
      return;
    }
    if (marker) this.#complete();
  }

  lost(): void {
    this.#gap = true;
    if (this.#pieces.empty) return;
    this.#pieces.clear();
    // Nothing refers to a non-reference frame: without it the stream goes on whole.
    if (this.#nonReference) {
      this.framesDropped++;
      this.#lastPictureId = this.#pictureId;
    } else {
      this.#drop();
    }
  }

  #drop(): void {
    this.framesDropped++;
    this.#awaitsKey = true;
    this.#options.onKeyFrameNeeded();
  }

  #complete(): void {
    const data = this.#pieces.take();
    const key = isVp8KeyFrame(data);
    if (this.#gap) {
      this.#gap = false;
      // Only padding was lost when the picture ids go on without a hole.
      const follows =
        this.#pictureId >= 0 &&
        this.#pictureId === ((this.#lastPictureId + 1) & ((1 << this.#pictureIdBits) - 1)) &&
        this.#lastPictureId >= 0;
      if (!follows) this.#awaitsKey = true;
    }
    if (this.#awaitsKey && !key) {
      this.#drop();
      return;
    }
    this.#awaitsKey = false;
    this.#lastPictureId = this.#pictureId;
    const size = key ? readVp8KeyFrameSize(data) : undefined;
    this.#options.onFrame(data, key, this.#timestamp, size?.width, size?.height);
  }
}
