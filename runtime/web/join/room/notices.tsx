import type { VNode } from 'preact';
import { X } from 'lucide-preact';
import { useMeeting } from '../meeting-context.ts';
import { Avatar } from '../parts/avatar.tsx';
import { EntryAnswer } from './entry-answer.tsx';

/** Toasts, and who is knocking. A live region, so that a screen reader hears of joins, chat and knocks. */
export function Notices(): VNode {
  const meeting = useMeeting();
  const knocking = meeting.panel.value === 'people' ? [] : (meeting.room?.entryRequests ?? []);
  return (
    <div class="notices" role="status" aria-live="polite">
      {knocking.map((entry) => (
        <div key={entry.participantId} class="toast is-knock">
          <Avatar participantId={entry.participantId} name={entry.name} />
          <p>
            <strong>{entry.name}</strong> wants to join
          </p>
          <EntryAnswer entry={entry} />
        </div>
      ))}
      {meeting.toasts.shown.value.map((toast) => (
        <div key={toast.id} class="toast" data-tone={toast.tone}>
          <p>{toast.text}</p>
          <button
            type="button"
            class="icon-button"
            aria-label="Dismiss"
            onClick={() => meeting.toasts.dismiss(toast.id)}
          >
            <X size={16} aria-hidden="true" />
          </button>
        </div>
      ))}
    </div>
  );
}
