import type { VNode } from 'preact';
import { useMeeting } from '../meeting-context.ts';

/** Lets somebody who knocks in, or not. */
export function EntryAnswer({ entry }: { entry: { participantId: string; name: string } }): VNode {
  const meeting = useMeeting();
  return (
    <span class="entry-answer">
      <button
        type="button"
        class="small-button"
        aria-label={`Deny ${entry.name}`}
        onClick={() => void meeting.respondEntry(entry.participantId, 'denied')}
      >
        Deny
      </button>
      <button
        type="button"
        class="small-button is-strong"
        aria-label={`Admit ${entry.name}`}
        onClick={() => void meeting.respondEntry(entry.participantId, 'allowed')}
      >
        Admit
      </button>
    </span>
  );
}
