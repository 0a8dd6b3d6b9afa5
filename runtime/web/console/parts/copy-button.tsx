import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Check, Copy } from 'lucide-preact';
import { useConsole } from '../console-context.ts';

const COPIED_FOR_MS = 2_000;

/** Copies an id or an address. */
export function CopyButton({ text, label }: { text: string; label: string }): VNode {
  const { toasts } = useConsole();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    const timer = copied ? setTimeout(() => setCopied(false), COPIED_FOR_MS) : undefined;
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Pages without https have no clipboard; the text can still be marked.
      toasts.show('The browser does not let this page copy. Mark the text instead.', 'warning');
    }
  };
  return (
    <button
      type="button"
      class="icon-button is-small"
      aria-label={copied ? 'Copied' : label}
      onClick={() => void copy()}
    >
      {copied ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
    </button>
  );
}
