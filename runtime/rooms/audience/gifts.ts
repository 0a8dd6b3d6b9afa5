import { randomBytes } from 'node:crypto';
import type { Static } from 'typebox';
import { RoomflowError, type Gift, type SendGiftBody } from '../../contract/index.ts';
import type { Person } from './person.ts';

/** A gift is for one person, or for the creator: whoever hosts the room. */
export type GiftReceiver = { toId: string | null; toName: string };

export type GiftOrder = Pick<Static<typeof SendGiftBody>, 'gift' | 'count' | 'message'>;

/**
 * The gift as it is kept and told.
 *
 * @param atMs milliseconds since 1970
 * @throws RoomflowError `invalid-request` for a gift to oneself
 */
export function wrapGift(
  session: { roomId: string; sessionId: string },
  from: Person,
  to: GiftReceiver,
  order: GiftOrder,
  atMs: number,
): Gift {
  if (from.participantId === to.toId) {
    throw new RoomflowError('invalid-request', `"${from.participantId}" cannot send a gift to itself.`);
  }
  const giftId = `gift_${randomBytes(9).toString('base64url')}`;
  return {
    id: giftId,
    giftId,
    roomId: session.roomId,
    sessionId: session.sessionId,
    gift: order.gift,
    count: order.count ?? 1,
    message: order.message ?? '',
    fromId: from.participantId,
    fromName: from.participantName,
    ...to,
    at: new Date(atMs).toISOString(),
  };
}
