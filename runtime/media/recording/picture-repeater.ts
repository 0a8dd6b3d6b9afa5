import {
  createVp8CopyFrame,
  H264StreamState,
  isVp8KeyFrame,
  readVp8KeyFrameSize,
  Vp9StreamState,
  vp8UsesSegmentation,
} from '../bitstream/index.ts';
import type { VideoCodec } from '../frame.ts';

/** Follows a stream and makes frames that show its last picture once more without touching any decoder state. */
export type PictureRepeater = {
  /** Takes note of a frame that is written. Cheap: the work is done when a copy is asked for. */
  observe(data: Uint8Array, key: boolean): void;
  /** A frame showing the last picture; undefined when this stream has no such frame. */
  copy(): Uint8Array | undefined;
};

class Vp8Repeater implements PictureRepeater {
  #width = 0;
  #height = 0;
  #last: Uint8Array | undefined;
  readonly #copies = new Map<string, Uint8Array>();

  observe(data: Uint8Array): void {
    this.#last = data;
    if (!isVp8KeyFrame(data)) return;
    const size = readVp8KeyFrameSize(data);
    if (size && (size.width !== this.#width || size.height !== this.#height)) {
      this.#width = size.width;
      this.#height = size.height;
      this.#copies.clear();
    }
  }

  copy(): Uint8Array | undefined {
    if (!this.#last || this.#width === 0) return undefined;
    const version = ((this.#last[0] ?? 0) >> 1) & 7;
    const segmentation = vp8UsesSegmentation(this.#last);
    const name = `${version}${segmentation}`;
    let copy = this.#copies.get(name);
    if (!copy) {
      copy = createVp8CopyFrame({ width: this.#width, height: this.#height, version, segmentation });
      this.#copies.set(name, copy);
    }
    return copy;
  }
}

class Vp9Repeater implements PictureRepeater {
  readonly #state = new Vp9StreamState();

  observe(data: Uint8Array): void {
    this.#state.observe(data);
  }

  copy(): Uint8Array | undefined {
    return this.#state.createCopyFrame();
  }
}

class H264Repeater implements PictureRepeater {
  readonly #state = new H264StreamState();
  #last: Uint8Array | undefined;
  #lastKey: Uint8Array | undefined;

  observe(data: Uint8Array, key: boolean): void {
    if (key) this.#lastKey = data;
    this.#last = data;
  }

  copy(): Uint8Array | undefined {
    if (this.#lastKey) {
      this.#state.observe(this.#lastKey);
      this.#lastKey = undefined;
    }
    if (this.#last) {
      this.#state.observe(this.#last);
      this.#last = undefined;
    }
    return this.#state.createCopyFrame();
  }
}

/** AV1 frames that show an existing one need the whole frame header understood; the caller repeats the key frame. */
const NO_REPEATER: PictureRepeater = { observe: () => undefined, copy: () => undefined };

export const createPictureRepeater = (codec: VideoCodec): PictureRepeater => {
  switch (codec) {
    case 'vp8':
      return new Vp8Repeater();
    case 'vp9':
      return new Vp9Repeater();
    case 'h264':
      return new H264Repeater();
    case 'av1':
      return NO_REPEATER;
  }
};
