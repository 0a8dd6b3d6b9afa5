import type { VNode } from 'preact';
import { useParticipation } from '../participation-context.ts';
import { giftSentence } from './gift-text.ts';
import { GiftPicture } from './gift-picture.tsx';

/** Gifts in their moment, over the picture. */
export function GiftMoments(): VNode {
  const participation = useParticipation();
  const selfId = participation.room?.selfId ?? '';
  return (
    <div class="gift-moments" role="status" aria-live="polite">
      {participation.giftsOnShow.value.map((gift) => (
        <div key={gift.giftId} class="gift-moment" data-gift={gift.gift}>
          <span class="gift-stage">
            <GiftPicture gift={gift.gift} size={58} />
            {gift.count > 1 && <span class="gift-count">×{gift.count}</span>}
          </span>
          <p>
            <strong>{giftSentence(gift, selfId)}</strong>
            {gift.message !== '' && <q>{gift.message}</q>}
          </p>
        </div>
      ))}
    </div>
  );
}
