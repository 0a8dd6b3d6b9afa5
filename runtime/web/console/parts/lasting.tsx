import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { durationText, secondsBetween } from '../texts/index.ts';

/** How long something has lasted; counts while it goes on. */
export function Lasting({ start, end }: { start: string; end: string | null }): VNode {
  const [nowMs, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (end !== null) {
      return undefined;
    }
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [end]);
  return <span class="figure">{durationText(secondsBetween(start, end, nowMs))}</span>;
}
