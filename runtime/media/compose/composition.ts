import { sampleTimeMs, slotTimeMs } from '../engine/index.ts';
import type { CodecEngine } from '../engine/index.ts';
import type { EncodedFrame } from '../frame.ts';
import { beatSamplesOf } from './beat.ts';
import { ComposedPicture } from './composed-picture.ts';
import type { ChildStats } from './messages.ts';
import { createMixer } from './mixer/index.ts';
import type { Mixer } from './mixer/index.ts';
import { PictureEncoders } from './picture-encoders.ts';
import type { EncoderListeners } from './picture-encoders.ts';
import { SoundEncoders } from './sound-encoders.ts';
import { isOverloaded, planSlot } from './slot-plan.ts';
import { startTicker } from './ticker.ts';
import type { Ticker } from './ticker.ts';
import type { CompositorOptions, Look, OutputProfile, Scene, SourceId } from './types.ts';

export type CompositionOptions = EncoderListeners & {
  engine: CodecEngine;
  canvas: CompositorOptions['canvas'];
  scene: Scene;
  look: Look;
  delayMs: number;
  /** Session time now, in milliseconds. */
  now: () => number;
  onKeyFrameNeeded: (source: SourceId) => void;
  /** A block of sound has been encoded to which no picture belongs: its frames have nothing to wait for. */
  onSoundAlone: () => void;
};

const SLOT_MS = slotTimeMs(1);
const CHANNELS = 2;
/** Further behind, a composition does not catch up: the machine slept, and the child is started anew. */
const MOST_BEHIND_MS = 5000;

/** One composition at work: a picture every 1/30 s and a block of sound of the same length, or sound alone. */
export class Composition {
  readonly #options: CompositionOptions;
  readonly #picture: ComposedPicture | undefined;
  readonly #pictureEncoders: PictureEncoders | undefined;
  readonly #soundEncoders: SoundEncoders;
  readonly #mixer: Mixer;
  readonly #blockSamples: number;
  readonly #block: Float32Array;
  readonly #firstBlock: number;
  readonly #tickers: Ticker[] = [];
  #picturesOut = 0;
  #picturesLate = 0;
  #picturesRepeated = 0;
  #picturesLeftOut = 0;
  #repeatedInARow = 0;
  #overloaded = false;
  #closed = false;

  constructor(options: CompositionOptions) {
    this.#options = options;
    const { engine, canvas, scene } = options;
    this.#blockSamples = beatSamplesOf(canvas);
    this.#block = new Float32Array(CHANNELS * this.#blockSamples);
    const blockMs = sampleTimeMs(this.#blockSamples);
    this.#firstBlock = Math.max(0, Math.ceil((options.now() - options.delayMs) / blockMs));
    this.#mixer = createMixer({
      startSample: this.#firstBlock * this.#blockSamples,
      openDecoder: () => engine.openSoundDecoder(),
      onError: tell,
    });
    this.#mixer.setSources(soundSourcesOf(scene));
    this.#soundEncoders = new SoundEncoders(engine, options);
    if (canvas !== null) {
      this.#picture = new ComposedPicture({ ...options, size: canvas });
      this.#pictureEncoders = new PictureEncoders(engine, this.#picture.canvas, options);
    }
  }

  /** Begins with the first places that are still to come. */
  async start(): Promise<void> {
    const { look, delayMs, now, onFailure } = this.#options;
    await this.setLook(look);
    if (this.#closed) return;
    const fail = (error: unknown): void => {
      onFailure(error instanceof Error ? error : new Error(String(error)));
    };
    // First, so that it goes out with the picture that is made at the same time.
    this.#tickers.push(
      startTicker({
        first: this.#firstBlock,
        dueMs: (block) => sampleTimeMs((block + 1) * this.#blockSamples) + delayMs,
        now,
        step: (block, lateMs) => {
          this.#makeSound(block, lateMs);
        },
        onFailure: fail,
      }),
    );
    if (this.#picture !== undefined) {
      this.#tickers.push(
        startTicker({
          first: Math.max(0, Math.ceil((now() - delayMs) / SLOT_MS)),
          dueMs: (slot) => slotTimeMs(slot) + delayMs,
          now,
          step: (slot, lateMs) => this.#makePicture(slot, lateMs),
          onFailure: fail,
        }),
      );
    }
  }

  setScene(scene: Scene): void {
    this.#picture?.setScene(scene);
    this.#mixer.setSources(soundSourcesOf(scene));
  }

  async setLook(look: Look): Promise<void> {
    await this.#picture?.setLook(look);
  }

  push(source: SourceId, frame: EncodedFrame): void {
    if (frame.kind === 'video') this.#picture?.push(source, frame);
    else this.#hear(source, frame);
  }

  async openPictures(encoder: number, profile: NonNullable<OutputProfile['video']>): Promise<void> {
    await this.#pictureEncoders?.open(encoder, profile);
  }

  openSound(encoder: number, profile: OutputProfile['audio']): Promise<void> {
    return this.#soundEncoders.open(encoder, profile);
  }

  async closeEncoder(encoder: number): Promise<void> {
    await Promise.all([this.#pictureEncoders?.close(encoder), this.#soundEncoders.close(encoder)]);
  }

  requestKeyFrame(encoder: number): void {
    this.#pictureEncoders?.requestKeyFrame(encoder);
  }

  stats(): ChildStats {
    return {
      picturesOut: this.#picturesOut,
      picturesLate: this.#picturesLate,
      picturesRepeated: this.#picturesRepeated,
      picturesLeftOut: this.#picturesLeftOut,
      sources: this.#picture?.sources ?? 0,
      sourcesLost: this.#picture?.sourcesLost ?? 0,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#tickers.map((ticker) => ticker.stop()));
    await Promise.all([this.#pictureEncoders?.closeAll(), this.#soundEncoders.closeAll()]);
    this.#picture?.close();
    this.#mixer.close();
  }

  async #makePicture(slot: number, lateMs: number): Promise<void> {
    refuseToCatchUp(lateMs);
    if (this.#picture === undefined || this.#pictureEncoders === undefined) return;
    if (lateMs > SLOT_MS / 2) this.#picturesLate++;
    this.#overloaded = isOverloaded(lateMs, this.#overloaded);
    const plan = planSlot(lateMs, this.#repeatedInARow, this.#overloaded);
    if (plan === 'leave-out') {
      this.#noteLeftOut(lateMs);
      return;
    }
    if (plan === 'draw') this.#picture.draw(slot, Date.now());
    else this.#picturesRepeated++;
    this.#repeatedInARow = plan === 'repeat' ? this.#repeatedInARow + 1 : 0;
    await this.#pictureEncoders.encode(slot);
    this.#picturesOut++;
  }

  #noteLeftOut(lateMs: number): void {
    if (this.#picturesLeftOut === 0) {
      tell(
        `A composition is ${Math.round(lateMs)} ms behind and leaves pictures out: the machine has too much to do`,
      );
    }
    this.#picturesLeftOut++;
  }

  #hear(source: SourceId, frame: EncodedFrame): void {
    try {
      this.#mixer.push(source, frame);
    } catch (error) {
      // What one guest sends must not silence all.
      tell(`Sound of "${source}" is left out of the mix: ${String(error)}`);
    }
  }

  #makeSound(block: number, lateMs: number): void {
    refuseToCatchUp(lateMs);
    this.#mixer.render(this.#block);
    this.#soundEncoders.encode(this.#block, block * this.#blockSamples);
    if (this.#picture === undefined) this.#options.onSoundAlone();
  }
}

/** On the process's standard error, each text once: it comes per frame. */
const tell = (warning: string | Error): void => {
  const text = String(warning);
  if (told.has(text)) return;
  told.add(text);
  process.emitWarning(text);
};
const told = new Set<string>();

const refuseToCatchUp = (lateMs: number): void => {
  if (lateMs > MOST_BEHIND_MS) {
    throw new Error(
      `The composition was ${Math.round(lateMs)} ms behind; more than ${MOST_BEHIND_MS} is not caught up`,
    );
  }
};

const soundSourcesOf = (scene: Scene): SourceId[] =>
  scene.people.flatMap(({ microphone, microphoneMuted, screenAudio }) => [
    ...(microphone === null || microphoneMuted ? [] : [microphone]),
    ...(screenAudio === null ? [] : [screenAudio]),
  ]);
