import type { Cell } from '../../../runtime/media/compose/cell.ts';
import { layOut } from '../../../runtime/media/compose/layout.ts';
import { guestColour } from '../guests/index.ts';
import type { ComposedGuest, Region } from '../oracle/index.ts';
import { beepHzOf } from './beep-and-flash-clip.ts';

/** Of the default quality. */
const CANVAS = { width: 1280, height: 720 };

/**
 * Where guests 1, 2, 3… stand in a grid when they came in this order, with the colour and tone that each has.
 *
 * @param ids their participant ids
 */
export function guestsInGrid(ids: readonly string[]): ComposedGuest[] {
  const people = ids.map((participantId) => ({
    ...{ participantId, name: participantId, camera: participantId, microphone: participantId },
    ...{ screen: null, screenAudio: null, cameraMuted: false, microphoneMuted: false },
  }));
  const cells = layOut(
    { people, activeSpeakerId: null, pinnedIds: [] },
    {
      layout: { type: 'GRID', priority: 'SPEAKER', gridSize: 25 },
      ...{ theme: 'DEFAULT', labels: true, backgroundColor: null, backgroundFile: null, watermarks: [] },
    },
    CANVAS,
  );
  return cells.map((cell, index) => ({
    name: cell.participantId,
    region: regionOf(cell),
    colour: guestColour(index + 1),
    beepHz: beepHzOf(index + 1),
  }));
}

/** The part of a tile that is all picture: no line around it, no name at its foot. */
const regionOf = ({ x, y, width, height }: Cell): Region => ({
  x: (x + width * 0.06) / CANVAS.width,
  y: (y + height * 0.06) / CANVAS.height,
  width: (width * 0.88) / CANVAS.width,
  height: (height * 0.7) / CANVAS.height,
});
