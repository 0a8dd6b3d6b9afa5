import type { VNode } from 'preact';
import { canTryAgain, errorText, PageHeading, Wordmark } from '../../shared/index.ts';
import { useMeeting } from '../meeting-context.ts';

/** After the meeting, or instead of it: what happened, and what can be done. */
export function Ended(): VNode {
  const meeting = useMeeting();
  const { phase, error, room } = meeting.snapshot.value;
  const text =
    error === null
      ? {
          title: 'You left the meeting',
          advice: 'You can close this page, or go back in with the same link while the room is open.',
        }
      : errorText(error.code, error.message);
  const again = error === null || canTryAgain(error.code, error.retryable);
  return (
    <main class="notice-page" data-tone={phase === 'failed' ? 'problem' : 'calm'}>
      <Wordmark />
      <PageHeading>{text.title}</PageHeading>
      <p>{text.advice}</p>
      {again && (
        <button type="button" class="primary-button" onClick={() => meeting.startOver()}>
          {room === null && error !== null ? 'Try again' : 'Join again'}
        </button>
      )}
      {error !== null && (
        <p class="fine-print">
          {meeting.roomId} · {error.code}
        </p>
      )}
    </main>
  );
}
