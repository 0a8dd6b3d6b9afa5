import type { VNode } from 'preact';
import { hueOf, initials } from '../texts/initials.ts';

/** Initials on a colour of one's own, where there is no picture. */
export function Avatar({ participantId, name }: { participantId: string; name: string }): VNode {
  return (
    <span class="avatar" style={{ '--hue': hueOf(participantId) }} aria-hidden="true">
      {initials(name)}
    </span>
  );
}
