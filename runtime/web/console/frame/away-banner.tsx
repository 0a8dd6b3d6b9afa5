import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useSignedIn } from '../console-context.ts';

/** A reconnection that takes less is not worth a word. */
const PATIENCE_MS = 700;

/** Says that the runtime is away and that what is shown may be old; the page comes back by itself. */
export function AwayBanner(): VNode {
  const isLost = useSignedIn().feed.state.value === 'lost';
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    if (!isLost) {
      setShown(false);
      return undefined;
    }
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isLost]);
  return (
    <div role="alert">
      {isShown && (
        <p class="banner away-banner">
          <span class="spinner" aria-hidden="true" />
          Roomflow is away. What you see may be out of date; this page goes on as soon as it is back.
        </p>
      )}
    </div>
  );
}
