import type { VNode } from 'preact';
import { useParticipation } from '../participation-context.ts';
import { ReactionPicture } from './reaction-picture.tsx';

/** Reactions rising over the picture. Not told to screen readers: they would speak of nothing else. */
export function FloatingReactions(): VNode {
  const participation = useParticipation();
  return (
    <div class="floating-reactions" aria-hidden="true">
      {participation.floating.value.map(({ id, reaction, lane, own }) => (
        <span
          key={id}
          class="floating-reaction"
          data-reaction={reaction}
          data-own={own}
          style={{ '--lane': lane }}
        >
          <ReactionPicture reaction={reaction} size={34} />
        </span>
      ))}
    </div>
  );
}
