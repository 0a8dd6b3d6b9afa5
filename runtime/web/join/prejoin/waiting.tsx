import type { VNode } from 'preact';
import { PageHeading, Wordmark } from '../../shared/index.ts';
import { useMeeting } from '../meeting-context.ts';

/** Knocked, and nobody has answered yet. */
export function Waiting(): VNode {
  const meeting = useMeeting();
  return (
    <main class="notice-page">
      <Wordmark />
      <div class="knock" aria-hidden="true">
        <span />
        <span />
        <span />
      </div>
      <PageHeading>Waiting to be let in</PageHeading>
      <p role="status">
        A host has been told that {meeting.name.value} is here. You will join as soon as they let you in.
      </p>
      <button type="button" class="plain-button" onClick={() => void meeting.leave()}>
        Leave
      </button>
    </main>
  );
}
