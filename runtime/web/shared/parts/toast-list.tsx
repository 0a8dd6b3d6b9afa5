import type { VNode } from 'preact';
import { X } from 'lucide-preact';
import type { Toasts } from '../toasts.ts';

/** The messages on show; stands in a live region of the page. */
export function ToastList({ toasts }: { toasts: Toasts }): VNode {
  return (
    <>
      {toasts.shown.value.map((toast) => (
        <div key={toast.id} class="toast" data-tone={toast.tone}>
          <p>{toast.text}</p>
          <button
            type="button"
            class="icon-button"
            aria-label="Dismiss"
            onClick={() => toasts.dismiss(toast.id)}
          >
            <X size={16} aria-hidden="true" />
          </button>
        </div>
      ))}
    </>
  );
}
