import type { VNode } from 'preact';

/** Data as it is, to be read and copied. */
export function JsonView({ value, label }: { value: unknown; label: string }): VNode {
  return (
    <pre class="json-view" tabIndex={0} aria-label={label}>
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}
