import type { VNode } from 'preact';
import { PageHeading, Wordmark } from '../../shared/index.ts';
import { useWatching } from '../watching-context.ts';

/** Knocked, and nobody has answered yet. */
export function Waiting(): VNode {
  const watching = useWatching();
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
        A host has been told that {watching.name.value} would like to watch. The broadcast opens here as soon
        as they let you in.
      </p>
      <button type="button" class="plain-button" onClick={() => void watching.leave()}>
        Leave
      </button>
    </main>
  );
}
