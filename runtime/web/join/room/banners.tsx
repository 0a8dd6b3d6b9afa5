import type { VNode } from 'preact';
import { useMeeting } from '../meeting-context.ts';

/** What is wrong right now and mends itself, or needs one press. */
export function Banners(): VNode {
  const meeting = useMeeting();
  const { phase, media, mediaProblem } = meeting.snapshot.value;
  return (
    <div class="banners" role="status">
      {phase === 'reconnecting' && (
        <p class="banner">
          <span class="spinner" aria-hidden="true" />
          Connection lost. Reconnecting…
        </p>
      )}
      {phase === 'joined' && media === 'failing' && (
        <p class="banner" title={mediaProblem ?? undefined}>
          <span class="spinner" aria-hidden="true" />
          Sound and picture do not get through. Trying again; a firewall or VPN may be blocking them.
        </p>
      )}
      {meeting.soundBlocked.value && (
        <p class="banner">
          Your browser holds the sound back.
          <button type="button" class="text-button" onClick={() => (meeting.soundBlocked.value = false)}>
            Turn on sound
          </button>
        </p>
      )}
    </div>
  );
}
