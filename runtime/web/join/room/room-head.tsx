import type { VNode } from 'preact';
import { useMeeting } from '../meeting-context.ts';
import { Wordmark } from '../parts/wordmark.tsx';

/** Where one is, and whether it is being recorded. */
export function RoomHead(): VNode {
  const meeting = useMeeting();
  const recorded = meeting.room?.recordedIds.length ?? 0;
  return (
    <header class="room-head">
      <Wordmark />
      <h1 class="room-name">{meeting.roomId}</h1>
      {recorded > 0 && (
        <span class="recording" role="status">
          <span class="recording-dot" aria-hidden="true" />
          Recording
        </span>
      )}
    </header>
  );
}
