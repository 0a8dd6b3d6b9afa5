import type { Gift } from '../../../contract/index.ts';
import { giftName } from './gift-catalogue.ts';

/** Who gave what to whom, as one person reads it: `Ana sent you 3 × Star`. */
export function giftSentence(gift: Gift, selfId: string): string {
  const giver = gift.fromId === selfId ? 'You' : gift.fromName;
  const name = giftName(gift.gift);
  const what = gift.count === 1 ? `a ${name}` : `${gift.count} × ${name}`;
  return gift.toId === selfId ? `${giver} sent you ${what}` : `${giver} sent ${gift.toName} ${what}`;
}
