import { slotTimeMs } from '../engine/index.ts';

const SLOT_MS = slotTimeMs(1);
/** Further behind, pictures are left out: whoever watches live would fall behind with the composition. */
const MOST_BEHIND_MS = 500;
/** In a row, so that a picture that is late still moves: ten times a second at the least. */
const MOST_REPEATED = 2;

/**
 * What becomes of a picture: it is drawn and encoded, or encoded again as it stands, which is cheaper, so that the next
 * may be in time, or left out.
 */
export type SlotPlan = 'draw' | 'repeat' | 'leave-out';

/**
 * Decides over a picture by how late it is. Pure.
 *
 * @param repeated - How many have been repeated in a row before.
 */
export const planSlot = (lateMs: number, repeated: number): SlotPlan => {
  if (lateMs > MOST_BEHIND_MS) return 'leave-out';
  return lateMs > SLOT_MS && repeated < MOST_REPEATED ? 'repeat' : 'draw';
};
