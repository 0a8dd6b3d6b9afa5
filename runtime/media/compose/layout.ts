import type { Rectangle, Size } from '../engine/index.ts';
import { evenFloor } from './cell.ts';
import type { Cell } from './cell.ts';
import { packTiles } from './pack.ts';
import type { TileShape } from './pack.ts';
import type { Look, Scene, ScenePerson } from './types.ts';

/** What takes one tile. */
type Occupant = Pick<Cell, 'participantId' | 'source' | 'kind' | 'fit'>;

/**
 * Most cameras are 16:9. In landscape they lose at most a quarter of their width, which fills the picture much
 * better for two, five or six people; an upright picture has no other way than to crop more.
 */
const LANDSCAPE_TILE: TileShape = { narrowest: 4 / 3, widest: 16 / 9 };
const PORTRAIT_TILE: TileShape = { narrowest: 1, widest: 16 / 9 };

/** Share of the picture's longer side that the people beside a main place take. */
const PANEL_SHARE = 0.22;
/** More people than this beside the main place take the wider panel. */
const NARROW_PANEL_LIMIT = 5;
const WIDE_PANEL_SHARE = 0.3;

/** Space between tiles and around them: 8 pixels at 720 lines. */
const GAP_SHARE = 1 / 90;

/**
 * Says where everybody stands. Everybody in the scene has a right to a cell, with or without a camera; who only
 * watches is not to be put into the scene.
 *
 * - `GRID`: everybody alike. `SIDEBAR`: one large, the others in a column (in portrait a row) beside. `SPOTLIGHT`:
 *   one alone, over the whole canvas.
 * - A shared screen takes the main place of each of them; GRID then keeps its order in a panel beside, SPOTLIGHT
 *   hides the people. A second screen stands in the panel.
 * - `SPEAKER`: the main place is the active speaker's, and the last speaker's while nobody speaks. `PIN`: pinned
 *   people come first, SIDEBAR and SPOTLIGHT show nobody else; with nobody pinned, PIN does what SPEAKER does.
 * - `gridSize` limits how many people are shown. Who speaks without being shown takes the last place that is not
 *   pinned; nobody else moves.
 *
 * @param previous - The cells before; people keep their places by them.
 * @returns cells inside the canvas that do not overlap, the main one first; none for an empty room.
 */
export const layOut = (scene: Scene, look: Look, canvas: Size, previous: readonly Cell[] = []): Cell[] => {
  const { type } = look.layout;
  const pinned = look.layout.priority === 'PIN' ? pinnedPeople(scene) : [];
  const screens = sharedScreens(scene, pinned, previous);
  const screen = screens[0];
  const people = placesOf(scene, look, pinned, previous, type === 'GRID' || screen !== undefined);

  if (screen !== undefined) {
    const beside = type === 'SPOTLIGHT' ? [] : [...screens.slice(1), ...people.map(cameraOf)];
    return withMain(screen, beside, canvas);
  }
  const first = people[0];
  if (first === undefined) return [];
  if (type === 'GRID') return grid(people.map(cameraOf), canvas);
  return withMain(cameraOf(first), type === 'SPOTLIGHT' ? [] : people.slice(1).map(cameraOf), canvas);
};

const cameraOf = (person: ScenePerson): Occupant => ({
  participantId: person.participantId,
  source: person.cameraMuted ? null : person.camera,
  kind: 'camera',
  fit: 'cover',
});

const pinnedPeople = (scene: Scene): ScenePerson[] =>
  Array.from(new Set(scene.pinnedIds)).flatMap(
    (id) => scene.people.find((person) => person.participantId === id) ?? [],
  );

/** The one for the main place first: pinned, else the one that is there already, else the first. */
const sharedScreens = (scene: Scene, pinned: ScenePerson[], previous: readonly Cell[]): Occupant[] => {
  const screens = scene.people.flatMap((person): Occupant[] =>
    person.screen === null
      ? []
      : [{ participantId: person.participantId, source: person.screen, kind: 'screen', fit: 'contain' }],
  );
  const shownId = previous.find((cell) => cell.main && cell.kind === 'screen')?.participantId;
  const byId = (id: string | undefined) => screens.find((screen) => screen.participantId === id);
  const pinnedId = pinned.find((person) => person.screen !== null)?.participantId;
  const main = byId(pinnedId) ?? byId(shownId) ?? screens[0];
  return main === undefined ? [] : [main, ...screens.filter((screen) => screen !== main)];
};

/** Who is shown, in the order of their places. */
const placesOf = (
  scene: Scene,
  look: Look,
  pinned: ScenePerson[],
  previous: readonly Cell[],
  alike: boolean,
): ScenePerson[] => {
  const { type, gridSize } = look.layout;
  if (pinned.length > 0 && type !== 'GRID') return pinned.slice(0, gridSize);

  const shownBefore = previous.filter((cell) => cell.kind === 'camera');
  const ordered =
    alike && scene.people.length <= gridSize ? scene.people : keepPlaces(scene.people, shownBefore);
  const places = [...pinned, ...ordered.filter((person) => !pinned.includes(person))];
  const speaker = places.findIndex((person) => person.participantId === scene.activeSpeakerId);

  if (!alike) {
    bringToFront(places, speaker);
  } else if (speaker >= gridSize && gridSize > pinned.length) {
    swap(places, speaker, gridSize - 1);
  }
  return places.slice(0, gridSize);
};

/** Those shown before in their old places, then those with a camera, then the others. */
const keepPlaces = (people: ScenePerson[], shownBefore: readonly Cell[]): ScenePerson[] => {
  const kept = shownBefore.flatMap(
    (cell) => people.find((person) => person.participantId === cell.participantId) ?? [],
  );
  const others = people.filter((person) => !kept.includes(person));
  const seen = (person: ScenePerson) => person.camera !== null && !person.cameraMuted;
  return [...kept, ...others.filter(seen), ...others.filter((person) => !seen(person))];
};

/** The speaker and whoever has the main place change places, so that all others stay where they are. */
const bringToFront = (places: ScenePerson[], speaker: number): void => {
  if (speaker > 0) swap(places, speaker, 0);
};

const swap = (places: ScenePerson[], a: number, b: number): void => {
  const [first, second] = [places[a], places[b]];
  if (first === undefined || second === undefined) return;
  places[a] = second;
  places[b] = first;
};

const isPortrait = (canvas: Size): boolean => canvas.height > canvas.width;

const gapOf = (canvas: Size): number =>
  Math.max(2, evenFloor(Math.min(canvas.width, canvas.height) * GAP_SHARE));

const whole = (canvas: Size): Rectangle => ({
  x: 0,
  y: 0,
  width: evenFloor(canvas.width),
  height: evenFloor(canvas.height),
});

const inset = (box: Rectangle, by: number): Rectangle => ({
  x: box.x + by,
  y: box.y + by,
  width: box.width - 2 * by,
  height: box.height - 2 * by,
});

const grid = (occupants: Occupant[], canvas: Size): Cell[] => {
  const [only, ...others] = occupants;
  if (only !== undefined && others.length === 0) return withMain(only, [], canvas);
  const gap = gapOf(canvas);
  const shape = isPortrait(canvas) ? PORTRAIT_TILE : LANDSCAPE_TILE;
  const tiles = packTiles(occupants.length, inset(whole(canvas), gap), gap, shape);
  return place(occupants, tiles);
};

const withMain = (main: Occupant, beside: Occupant[], canvas: Size): Cell[] => {
  if (beside.length === 0) return [{ ...main, ...whole(canvas), main: true }];
  return isPortrait(canvas) ? mainAbove(main, beside, canvas) : mainBeside(main, beside, canvas);
};

/** The column is as wide as its tiles, and the main place has the rest. */
const mainBeside = (main: Occupant, beside: Occupant[], canvas: Size): Cell[] => {
  const gap = gapOf(canvas);
  const box = inset(whole(canvas), gap);
  const share = beside.length > NARROW_PANEL_LIMIT ? WIDE_PANEL_SHARE : PANEL_SHARE;
  const panel = evenFloor(box.width * share);
  const tiles = packTiles(
    beside.length,
    { ...box, x: box.x + box.width - panel, width: panel },
    gap,
    LANDSCAPE_TILE,
  );
  const spare = Math.min(...tiles.map(({ x }) => x)) - (box.x + box.width - panel);
  const moved = tiles.map((tile) => ({ ...tile, x: tile.x + spare }));
  const width = box.width - panel - gap + 2 * spare;
  return [{ ...main, ...box, width, main: true }, ...place(beside, moved)];
};

/** A screen, which lies across, is not given the height it could not use. */
const mainAbove = (main: Occupant, beside: Occupant[], canvas: Size): Cell[] => {
  const gap = gapOf(canvas);
  const box = inset(whole(canvas), gap);
  const share = beside.length > NARROW_PANEL_LIMIT ? WIDE_PANEL_SHARE : PANEL_SHARE;
  const most = box.height - evenFloor(box.height * share) - gap;
  const height = main.kind === 'screen' ? Math.min(most, evenFloor((box.width * 3) / 4)) : most;
  const top = box.y + height + gap;
  const panel = { ...box, y: top, height: box.y + box.height - top };
  const tiles = packTiles(beside.length, panel, gap, PORTRAIT_TILE);
  return [{ ...main, ...box, height, main: true }, ...place(beside, tiles)];
};

const place = (occupants: Occupant[], tiles: Rectangle[]): Cell[] =>
  occupants.flatMap((occupant, index) => {
    const tile = tiles[index];
    return tile === undefined ? [] : [{ ...occupant, ...tile, main: false }];
  });
