import { slotTimeMs } from '../engine/index.ts';

const SLOT_MS = slotTimeMs(1);
/**
 * Further behind, a machine has more to do than it can. Less is caught up: an ffmpeg that starts on a busy machine has
 * been seen to hold up its pictures for 0.6 s, and none of them need be missing.
 */
const OVERLOADED_MS = 2000;
/** An overloaded composition stays this far behind at most: whoever watches live would fall behind with it. */
const MOST_BEHIND_MS = 500;
/** In a row, so that a picture that is late still moves: ten times a second at the least. */
const MOST_REPEATED = 2;

/**
 * What becomes of a picture: it is drawn and encoded, or encoded again as it stands, which is cheaper, so that the next
 * may be in time, or left out.
 */
export type SlotPlan = 'draw' | 'repeat' | 'leave-out';

/** Whether a composition is overloaded, by how late its next picture is: until it has caught up with all. Pure. */
export const isOverloaded = (lateMs: number, wasOverloaded: boolean): boolean =>
  lateMs > (wasOverloaded ? SLOT_MS : OVERLOADED_MS);

/**
 * Decides over a picture by how late it is. Pure.
 *
 * @param repeated - How many have been repeated in a row before.
 */
export const planSlot = (lateMs: number, repeated: number, overloaded: boolean): SlotPlan => {
  if (overloaded && lateMs > MOST_BEHIND_MS) return 'leave-out';
  return lateMs > SLOT_MS && repeated < MOST_REPEATED ? 'repeat' : 'draw';
};
