import { PICTURES_PER_SECOND } from '../engine/index.ts';
import type { CodecEngine, EncoderCanvas, PictureEncoder } from '../engine/index.ts';
import type { EncodedFrame } from '../frame.ts';
import type { OutputProfile } from './types.ts';

type OpenPictureEncoder = {
  encoder: PictureEncoder;
  /** In slots. Key frames stand at multiples of it, so that all encoders of that interval have theirs at one time. */
  keyFrameInterval: number;
  keyFrameWanted: boolean;
  lastSlot: number;
};

/** What becomes of an encoder's frames. */
export type EncoderListeners = {
  onFrame: (encoder: number, frame: EncodedFrame) => void;
  onFailure: (error: Error) => void;
};

/** The encoders over one canvas, by the numbers that the compositor gave them. */
export class PictureEncoders {
  readonly #engine: Pick<CodecEngine, 'openPictureEncoder'>;
  readonly #canvas: EncoderCanvas;
  readonly #listeners: EncoderListeners;
  readonly #open = new Map<number, OpenPictureEncoder>();
  /** Numbers whose encoder is not open yet; one that is closed meanwhile is taken out. */
  readonly #opening = new Set<number>();

  constructor(
    engine: Pick<CodecEngine, 'openPictureEncoder'>,
    canvas: EncoderCanvas,
    listeners: EncoderListeners,
  ) {
    this.#engine = engine;
    this.#canvas = canvas;
    this.#listeners = listeners;
  }

  get count(): number {
    return this.#open.size;
  }

  async open(number: number, profile: NonNullable<OutputProfile['video']>): Promise<void> {
    this.#opening.add(number);
    const keyFrameInterval = Math.max(
      1,
      Math.round((profile.keyFrameIntervalMs * PICTURES_PER_SECOND) / 1000),
    );
    const encoder = await this.#engine.openPictureEncoder(this.#canvas, {
      codec: profile.codec,
      width: profile.width,
      height: profile.height,
      bitrateBps: profile.bitrateBps,
      keyFrameInterval,
      onFrame: (frame) => {
        this.#listeners.onFrame(number, frame);
      },
      onFailure: this.#listeners.onFailure,
    });
    if (this.#opening.delete(number)) {
      this.#open.set(number, { encoder, keyFrameInterval, keyFrameWanted: false, lastSlot: -1 });
    } else {
      await encoder.close();
    }
  }

  requestKeyFrame(number: number): void {
    const open = this.#open.get(number);
    if (open) open.keyFrameWanted = true;
  }

  /** Encodes the canvas as it is with all encoders at once; resolves when it may be drawn anew. */
  async encode(slot: number): Promise<void> {
    const running: Promise<void>[] = [];
    for (const open of this.#open.values()) {
      running.push(open.encoder.encode(slot, open.keyFrameWanted || isKeyFrameDue(open, slot)));
      open.keyFrameWanted = false;
      open.lastSlot = slot;
    }
    await Promise.all(running);
  }

  async close(number: number): Promise<void> {
    const open = this.#open.get(number);
    this.#open.delete(number);
    this.#opening.delete(number);
    await open?.encoder.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((number) => this.close(number)));
  }
}

/** Also when the very slot of a key frame was left out. */
const isKeyFrameDue = ({ keyFrameInterval, lastSlot }: OpenPictureEncoder, slot: number): boolean =>
  Math.floor(slot / keyFrameInterval) > Math.floor(lastSlot / keyFrameInterval);
