import type { ComponentChildren, VNode } from 'preact';
import { PageHeading } from './page-heading.tsx';
import { Wordmark } from './wordmark.tsx';

/** Knocked, and nobody has answered yet; `children` say what happens when somebody does. */
export function Knocking(props: { onLeave: () => void; children: ComponentChildren }): VNode {
  return (
    <main class="notice-page">
      <Wordmark />
      <div class="knock" aria-hidden="true">
        <span />
        <span />
        <span />
      </div>
      <PageHeading>Waiting to be let in</PageHeading>
      <p role="status">{props.children}</p>
      <button type="button" class="plain-button" onClick={props.onLeave}>
        Leave
      </button>
    </main>
  );
}
