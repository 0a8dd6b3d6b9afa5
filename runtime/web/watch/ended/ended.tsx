import type { VNode } from 'preact';
import { canTryAgain, PageHeading, Wordmark } from '../../shared/index.ts';
import { PlayerView } from '../player/player-view.tsx';
import { watchErrorText } from '../texts/index.ts';
import { useWatching } from '../watching-context.ts';

/** After watching, or instead of it: what happened, what can be done, and the replay when there is one. */
export function Ended(): VNode {
  const watching = useWatching();
  const { phase, error, room } = watching.snapshot.value;
  const text =
    error === null
      ? {
          title: 'You left the broadcast',
          advice: 'You can close this page, or go back in with the same link while it runs.',
        }
      : watchErrorText(error.code, error.message);
  const again = error === null || canTryAgain(error.code, error.retryable);
  if (watching.scene.value === 'over' || watching.scene.value === 'replay') {
    return (
      <main class="farewell">
        <header>
          <Wordmark />
        </header>
        <PlayerView />
        <PageHeading>{text.title}</PageHeading>
        <p>{text.advice}</p>
        {again && <Again label="Watch again" />}
      </main>
    );
  }
  return (
    <main class="notice-page" data-tone={phase === 'failed' ? 'problem' : 'calm'}>
      <Wordmark />
      <PageHeading>{text.title}</PageHeading>
      <p>{text.advice}</p>
      {again && <Again label={room === null && error !== null ? 'Try again' : 'Watch again'} />}
      {error !== null && (
        <p class="fine-print">
          {watching.roomId} · {error.code}
        </p>
      )}
    </main>
  );
}

function Again({ label }: { label: string }): VNode {
  const watching = useWatching();
  return (
    <button type="button" class="primary-button" onClick={() => watching.startOver()}>
      {label}
    </button>
  );
}
