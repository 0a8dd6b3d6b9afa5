import type { VNode } from 'preact';
import { PageHeading, Wordmark } from '../../shared/index.ts';

/** Shown while the watch page loads. */
export function Moving(): VNode {
  return (
    <main class="notice-page">
      <Wordmark />
      <PageHeading>Back to the audience</PageHeading>
      <p role="status">The broadcast opens in a moment.</p>
    </main>
  );
}
