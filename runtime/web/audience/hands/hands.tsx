import type { VNode } from 'preact';
import { Hand } from 'lucide-preact';
import { Avatar } from '../../shared/index.ts';
import { EmptySection } from '../empty-section.tsx';
import { useParticipation } from '../participation-context.ts';
import { InviteButton } from './invite-button.tsx';

/** Who has raised a hand, the first first, and an invitation on stage for each. */
export function Hands(): VNode {
  const hands = useParticipation().room?.audience.hands ?? [];
  return (
    <div class="section-body">
      {hands.length === 0 && (
        <EmptySection icon={<Hand size={26} aria-hidden="true" />} title="No raised hands">
          When somebody in the audience wants to speak, you can invite them on stage from here.
        </EmptySection>
      )}
      {hands.length > 0 && (
        <ol class="people">
          {hands.map(({ participantId, participantName }) => (
            <li key={participantId} class="person">
              <Avatar participantId={participantId} name={participantName} />
              <span class="person-name">{participantName}</span>
              <InviteButton participantId={participantId} name={participantName} />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
