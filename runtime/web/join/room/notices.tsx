import type { VNode } from 'preact';
import { Avatar, ToastList } from '../../shared/index.ts';
import { useMeeting } from '../meeting-context.ts';
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
      <ToastList toasts={meeting.toasts} />
    </div>
  );
}
