import { slotTimeMs } from '../engine/index.ts';
import type { Canvas, CodecEngine, EncoderCanvas, Rectangle, Size } from '../engine/index.ts';
import type { EncodedFrame } from '../frame.ts';
import type { Cell } from './cell.ts';
import { fitPicture } from './fit.ts';
import { GuestPicture } from './guest-picture.ts';
import { createPainter } from './painter/index.ts';
import type { Painter } from './painter/index.ts';
import { copyPicture } from './picture.ts';
import type { Look, Scene, SourceId } from './types.ts';

/** A frame belongs to the slot that its capture is nearest to. */
const HALF_SLOT_MS = slotTimeMs(1) / 2;
/** A sender that is asked answers within some tens of milliseconds, or the request was lost. */
const KEY_FRAME_REQUEST_INTERVAL_MS = 500;

type Source = { picture: GuestPicture; askedAtMs: number; isToldOf: boolean };

/** What stands in a cell now. */
type Shown = { cell: Cell; size: Size | null; target: Rectangle | null };

/**
 * The composed picture: who stands where, the newest picture of each, and all that is drawn around them. Only what
 * has changed is drawn again.
 */
export class ComposedPicture {
  /** The picture as encoders see it. */
  readonly canvas: EncoderCanvas;
  /** The same without what stands over the videos: that is half transparent and must not be painted twice. */
  readonly #ground: Canvas;
  readonly #engine: CodecEngine;
  readonly #painter: Painter;
  readonly #onKeyFrameNeeded: (source: SourceId) => void;
  readonly #sources = new Map<SourceId, Source>();
  #scene: Scene;
  #look: Look;
  #nextLook: Look;
  #wanted: ReadonlySet<SourceId>;
  #shown: Shown[] = [];
  #arranged = false;
  #shownSecond = -1;
  #sourcesLost = 0;

  constructor(options: {
    engine: CodecEngine;
    size: Size;
    scene: Scene;
    look: Look;
    onKeyFrameNeeded: (source: SourceId) => void;
  }) {
    this.#engine = options.engine;
    this.canvas = options.engine.createCanvas(options.size);
    this.#ground = options.engine.createCanvas(options.size);
    this.#painter = createPainter(options.size);
    this.#onKeyFrameNeeded = options.onKeyFrameNeeded;
    this.#scene = options.scene;
    this.#look = options.look;
    this.#nextLook = options.look;
    this.#wanted = pictureSourcesOf(options.scene);
  }

  get sources(): number {
    return this.#sources.size;
  }

  /** How often a source's picture was lost because it could not be decoded or shown. */
  get sourcesLost(): number {
    return this.#sourcesLost;
  }

  setScene(scene: Scene): void {
    this.#scene = scene;
    this.#arranged = false;
    this.#wanted = pictureSourcesOf(scene);
    for (const [id, source] of this.#sources) {
      if (!this.#wanted.has(id)) {
        source.picture.close();
        this.#sources.delete(id);
      }
    }
  }

  /** Takes the look once its images are decoded; of several at once, the last. */
  async setLook(look: Look): Promise<void> {
    this.#nextLook = look;
    for (const error of await this.#painter.prepare(look)) process.emitWarning(error);
    if (this.#nextLook !== look) return;
    this.#look = look;
    this.#arranged = false;
  }

  push(id: SourceId, frame: EncodedFrame): void {
    if (this.#wanted.has(id)) this.#sourceFor(id, frame).picture.push(frame);
  }

  /** Brings the canvas to what is to be seen in a slot. */
  draw(slot: number, wallMs: number): void {
    const changed = this.#drawVideos(slotTimeMs(slot) + HALF_SLOT_MS);
    const second = Math.floor(wallMs / 1000);
    if (!changed && second === this.#shownSecond) return;
    this.#shownSecond = second;
    this.canvas.beginAnew();
    copyPicture(this.#ground, this.canvas);
    this.#painter.paintOver(this.canvas, wallMs);
  }

  close(): void {
    for (const { picture } of this.#sources.values()) picture.close();
    this.#sources.clear();
  }

  #drawVideos(untilMs: number): boolean {
    let changed = !this.#arranged;
    if (!this.#arranged) this.#arrange();
    for (const [id, { picture }] of this.#sources) {
      const fresh = picture.advance(untilMs) === 'fresh';
      for (const shown of this.#shown) {
        if (shown.cell.source === id && (fresh || shown.size === null)) {
          changed = this.#drawVideo(shown, picture) || changed;
        }
      }
    }
    return changed;
  }

  #arrange(): void {
    const cells = this.#painter.arrange(this.#scene, this.#look);
    this.#painter.paintGround(this.#ground);
    this.#shown = cells.map((cell) => ({ cell, size: null, target: null }));
    this.#arranged = true;
  }

  #drawVideo(shown: Shown, picture: GuestPicture): boolean {
    const { size } = picture;
    if (size === null) return false;
    const { crop, target } = fitPicture(shown.cell, size.width, size.height);
    if (
      shown.target === null ||
      shown.target.width !== target.width ||
      shown.target.height !== target.height
    ) {
      this.#painter.clearCell(this.#ground, shown.cell);
    }
    if (!picture.draw(this.#ground, crop, target, shown.cell.fit)) return false;
    shown.size = size;
    shown.target = target;
    return true;
  }

  #sourceFor(id: SourceId, frame: EncodedFrame): Source {
    const known = this.#sources.get(id);
    if (known?.picture.codec === frame.codec) return known;
    known?.picture.close();
    const picture = new GuestPicture({
      engine: this.#engine,
      codec: frame.codec,
      onKeyFrameNeeded: () => {
        this.#askForKeyFrame(id);
      },
      onLost: (reason) => {
        this.#noteLost(id, reason);
      },
    });
    const source = { picture, askedAtMs: -Infinity, isToldOf: false };
    this.#sources.set(id, source);
    return source;
  }

  /** The placeholder stands in its cell from the next picture on. */
  #noteLost(id: SourceId, reason: string): void {
    this.#sourcesLost++;
    this.#arranged = false;
    const source = this.#sources.get(id);
    if (source === undefined || source.isToldOf) return;
    source.isToldOf = true;
    process.emitWarning(`The picture of "${id}" is left out of the composition: ${reason}`);
  }

  #askForKeyFrame(id: SourceId): void {
    const source = this.#sources.get(id);
    const nowMs = performance.now();
    if (source === undefined || nowMs - source.askedAtMs < KEY_FRAME_REQUEST_INTERVAL_MS) return;
    source.askedAtMs = nowMs;
    this.#onKeyFrameNeeded(id);
  }
}

/** Of a muted camera nothing is kept: its last picture must not be seen again when it comes back. */
const pictureSourcesOf = (scene: Scene): ReadonlySet<SourceId> =>
  new Set(
    scene.people.flatMap(({ camera, cameraMuted, screen }) => [
      ...(camera === null || cameraMuted ? [] : [camera]),
      ...(screen === null ? [] : [screen]),
    ]),
  );
