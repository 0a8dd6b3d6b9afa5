import type { VNode } from 'preact';
import { useParticipation } from '../participation-context.ts';

/** Asks a viewer on stage; there is nothing to ask of somebody who is there. */
export function InviteButton({ participantId, name }: { participantId: string; name: string }): VNode | null {
  const participation = useParticipation();
  const invited = participation.invited.value.includes(participantId);
  const mode = participation.room?.participants.find((one) => one.participantId === participantId)?.mode;
  if (mode === 'SEND_AND_RECV') {
    return <span class="quiet">On stage</span>;
  }
  return (
    <button
      type="button"
      class="small-button is-strong"
      aria-label={invited ? `${name} was invited` : `Invite ${name} on stage`}
      aria-disabled={invited}
      onClick={() => {
        if (!invited) {
          void participation.invite(participantId);
        }
      }}
    >
      {invited ? 'Invited' : 'Invite'}
    </button>
  );
}
