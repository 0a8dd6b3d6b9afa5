import type { VNode } from 'preact';
import { PageHeading, Wordmark } from '../../shared/index.ts';

/** Shown while the next page loads. */
export function Moving(): VNode {
  return (
    <main class="notice-page">
      <Wordmark />
      <PageHeading>On the way to the stage</PageHeading>
      <p role="status">First you see yourself, then you decide to go on.</p>
    </main>
  );
}
