import type { ComponentChildren, VNode } from 'preact';
import { CircleAlert } from 'lucide-preact';
import type { Live } from '../use-live.ts';

/** What was asked for, or that it is on its way, or why it is not there. What was there before stays on show. */
export function Loaded<T>(props: { live: Live<T>; children: (value: T) => ComponentChildren }): VNode {
  const { live, children } = props;
  if (live.value !== null) {
    return <>{children(live.value)}</>;
  }
  if (live.error === null) {
    return (
      <p class="loading" role="status">
        <span class="spinner" aria-hidden="true" />
        Loading…
      </p>
    );
  }
  return (
    <div class="failure" role="alert">
      <CircleAlert size={20} aria-hidden="true" />
      <div>
        <p>{live.error.message}</p>
        <p class="fine-print">{live.error.code}</p>
        <button type="button" class="small-button" onClick={live.reload}>
          Try again
        </button>
      </div>
    </div>
  );
}
