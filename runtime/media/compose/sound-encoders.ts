import type { CodecEngine, SoundEncoder } from '../engine/index.ts';
import type { EncoderListeners } from './picture-encoders.ts';
import type { OutputProfile } from './types.ts';

/** The encoders over one mix, by the numbers that the compositor gave them. */
export class SoundEncoders {
  readonly #engine: CodecEngine;
  readonly #listeners: EncoderListeners;
  readonly #open = new Map<number, SoundEncoder>();
  /** Numbers whose encoder is not open yet; one that is closed meanwhile is taken out. */
  readonly #opening = new Set<number>();

  constructor(engine: CodecEngine, listeners: EncoderListeners) {
    this.#engine = engine;
    this.#listeners = listeners;
  }

  async open(number: number, { codec, bitrateBps }: OutputProfile['audio']): Promise<void> {
    this.#opening.add(number);
    const encoder = await this.#engine.openSoundEncoder({
      codec,
      bitrateBps,
      onFrame: (frame) => {
        this.#listeners.onFrame(number, frame);
      },
      onFailure: this.#listeners.onFailure,
    });
    if (this.#opening.delete(number)) this.#open.set(number, encoder);
    else await encoder.close();
  }

  /** @param position - Of the first sample, counted from session time 0. */
  encode(samples: Float32Array, position: number): void {
    for (const encoder of this.#open.values()) encoder.encode(samples, position);
  }

  async close(number: number): Promise<void> {
    const encoder = this.#open.get(number);
    this.#open.delete(number);
    this.#opening.delete(number);
    await encoder?.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((number) => this.close(number)));
  }
}
