import type { Canvas, Size } from '../../engine/index.ts';
import { evenFloor } from '../cell.ts';
import type { Cell } from '../cell.ts';
import { layOut } from '../layout.ts';
import { copyPicture } from '../picture.ts';
import type { Look, Scene, ScenePerson } from '../types.ts';
import { ClockWatermark } from './clock-watermark.ts';
import { hexToYuv } from './colour.ts';
import { SpriteCache } from './drawing.ts';
import { fillRectangle } from './fill.ts';
import type { Placed } from './frame.ts';
import { Ground } from './ground.ts';
import { ImageShelf } from './images.ts';
import { discDiameterPx, noticeSizePx } from './measures.ts';
import { drawDisc, drawNotice } from './placeholder.ts';
import { blendSprite } from './sprite.ts';
import { initialsOf } from './text.ts';
import { discColourOf, themeOf } from './theme.ts';
import { tileOverlay } from './tile.ts';
import { watermarkOverlay } from './watermark.ts';

/**
 * Draws everything of a composed picture that is not somebody's video. The order of a picture is: `paintGround`
 * and the videos on a picture that is kept; a copy of it; `paintOver` on the copy. What stands over the videos is
 * half transparent, so it must not be painted twice on the same pixels.
 */
export type Painter = {
  /**
   * Decodes the images a look names, before `arrange` takes that look.
   *
   * @returns what is wrong with those that cannot be shown: the picture goes without them, for a picture without its
   * watermark is better than none.
   */
  prepare(look: Look): Promise<Error[]>;
  /** Says where everybody stands now, and draws names, marks and frames for it; what is known already is reused. */
  arrange(scene: Scene, look: Look): readonly Cell[];
  /** The background, and initials in every cell. Videos are to be drawn anew afterwards. */
  paintGround(picture: Canvas): void;
  /** Initials in one cell, over whatever stood there. */
  paintPlaceholder(picture: Canvas, cell: Cell): void;
  /** One cell in the theme's colour: what a contained picture is to be drawn on. */
  clearCell(picture: Canvas, cell: Cell): void;
  /**
   * Names, marks, frames and watermarks. Called per picture.
   *
   * @param wallMs - Milliseconds since the epoch, for clocks.
   */
  paintOver(picture: Canvas, wallMs: number): void;
};

/** Sprites kept: 25 people with label, disc and frame, several layouts over. */
const CACHE_LIMIT = 500;
const EMPTY_NOTICE = 'Waiting for people to join';

export const createPainter = (canvas: Size): Painter => new ScenePainter(canvas);

class ScenePainter implements Painter {
  readonly #canvas: Size;
  readonly #images = new ImageShelf();
  readonly #sprites = new SpriteCache(CACHE_LIMIT);
  readonly #ground: Ground;
  #cells: readonly Cell[] = [];
  #people = new Map<string, ScenePerson>();
  #tile = hexToYuv('#000000');
  #notice: Placed | null = null;
  #over: readonly Placed[] = [];
  #clocks: readonly ClockWatermark[] = [];

  constructor(canvas: Size) {
    this.#canvas = canvas;
    this.#ground = new Ground(canvas, this.#images);
  }

  prepare(look: Look): Promise<Error[]> {
    return this.#images.load(look);
  }

  arrange(scene: Scene, look: Look): readonly Cell[] {
    const canvas = this.#canvas;
    const theme = themeOf(look);
    const ground = this.#ground.show(look, theme);
    this.#cells = layOut(scene, look, canvas, this.#cells);
    this.#people = new Map(scene.people.map((person) => [person.participantId, person]));
    this.#tile = hexToYuv(theme.tile);
    this.#notice = this.#cells.length > 0 ? null : this.#drawNotice(theme.quietInk);
    const tiles = this.#cells.flatMap((cell) => {
      const person = this.#people.get(cell.participantId);
      const speaking = cell.participantId === scene.activeSpeakerId && this.#cells.length > 1;
      return person === undefined
        ? []
        : tileOverlay({
            cell,
            person,
            speaking,
            labels: look.labels,
            theme,
            canvas,
            ground,
            sprites: this.#sprites,
          });
    });
    const marks = look.watermarks.flatMap(
      (watermark) => watermarkOverlay(watermark, canvas, this.#images, this.#sprites) ?? [],
    );
    this.#over = [...tiles, ...marks];
    this.#clocks = look.watermarks
      .filter((watermark) => watermark.type === 'clock')
      .map((watermark) => new ClockWatermark(watermark, canvas));
    return this.#cells;
  }

  paintGround(picture: Canvas): void {
    copyPicture(this.#ground.picture, picture);
    for (const cell of this.#cells) this.paintPlaceholder(picture, cell);
    if (this.#notice !== null) blendSprite(this.#notice.sprite, picture, this.#notice.x, this.#notice.y);
  }

  paintPlaceholder(picture: Canvas, cell: Cell): void {
    this.clearCell(picture, cell);
    const initials = initialsOf(this.#people.get(cell.participantId)?.name ?? '');
    const colour = discColourOf(cell.participantId);
    const diameter = discDiameterPx(cell, this.#canvas);
    const disc = this.#sprites.get(`disc ${diameter} ${colour} ${initials}`, () =>
      drawDisc(initials, colour, diameter),
    );
    const left = cell.x + evenFloor((cell.width - diameter) / 2);
    const top = cell.y + evenFloor((cell.height - diameter) / 2);
    blendSprite(disc, picture, left, top);
  }

  clearCell(picture: Canvas, cell: Cell): void {
    fillRectangle(picture, cell, this.#tile);
  }

  paintOver(picture: Canvas, wallMs: number): void {
    for (const { sprite, x, y } of this.#over) blendSprite(sprite, picture, x, y);
    for (const clock of this.#clocks) clock.paint(picture, wallMs);
  }

  #drawNotice(ink: string): Placed {
    const { width, height } = this.#canvas;
    const sprite = this.#sprites.get(`notice ${ink}`, () =>
      drawNotice(EMPTY_NOTICE, ink, noticeSizePx(this.#canvas), width),
    );
    return { sprite, x: 0, y: evenFloor((height - sprite.height) / 2) };
  }
}
