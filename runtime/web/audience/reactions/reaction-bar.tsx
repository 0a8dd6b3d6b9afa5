import type { VNode } from 'preact';
import { useParticipation } from '../participation-context.ts';
import { reactionNames, reactionsInOrder } from './reaction-names.ts';
import { ReactionPicture } from './reaction-picture.tsx';

export function ReactionBar(): VNode {
  const participation = useParticipation();
  return (
    <div class="reaction-bar" role="group" aria-label="Reactions">
      {reactionsInOrder.map((reaction) => (
        <button
          key={reaction}
          type="button"
          class="reaction-button"
          aria-label={reactionNames[reaction]}
          title={reactionNames[reaction]}
          onClick={() => void participation.react(reaction)}
        >
          <ReactionPicture reaction={reaction} size={26} />
        </button>
      ))}
    </div>
  );
}
