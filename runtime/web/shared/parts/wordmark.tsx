import type { VNode } from 'preact';

/** The sign: two streams that become one. */
export function Wordmark(): VNode {
  return (
    <span class="wordmark">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="9" class="wordmark-ground" />
        <path d="M7 11c6 0 6 5 11 5h1M7 21c6 0 6-5 11-5" class="wordmark-stream" />
        <circle cx="23" cy="16" r="3" class="wordmark-end" />
      </svg>
      Roomflow
    </span>
  );
}
