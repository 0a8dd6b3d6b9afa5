import { useEffect, useState } from 'preact/hooks';

/** The time of day in milliseconds, renewed every second while `ticks`. */
export function useNow(ticks: boolean): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!ticks) {
      return;
    }
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [ticks]);
  return nowMs;
}
