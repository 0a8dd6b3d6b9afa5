import type { VNode } from 'preact';
import { Captions as CaptionsIcon, Eye } from 'lucide-preact';
import { viewersText } from '../../audience/index.ts';
import { Wordmark } from '../../shared/index.ts';
import { useMeeting } from '../meeting-context.ts';

/** Where one is, whether it is broadcast or recorded, and how many watch. */
export function RoomHead(): VNode {
  const meeting = useMeeting();
  const recorded = meeting.room?.recordedIds.length ?? 0;
  const audience = meeting.room?.audience;
  const live = audience?.hls?.playable === true;
  return (
    <header class="room-head">
      <Wordmark />
      <h1 class="room-name">{meeting.roomId}</h1>
      <span class="room-states" role="status">
        {audience !== undefined && (live || audience.viewers > 0) && (
          <span class="room-viewers">
            <Eye size={17} aria-hidden="true" />
            {viewersText(audience.viewers)}
          </span>
        )}
        {live && <span class="on-air">Live</span>}
        {meeting.captions.available.value && (
          <span class="transcribing" title="What is said is being written down">
            <CaptionsIcon size={17} aria-hidden="true" />
            <span class="transcribing-text">Transcribing</span>
          </span>
        )}
        {recorded > 0 && (
          <span class="recording">
            <span class="recording-dot" aria-hidden="true" />
            Recording
          </span>
        )}
      </span>
    </header>
  );
}
