import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { MutableRef } from 'preact/hooks';

export type Size = { width: number; height: number };

/** The content size of an element in CSS pixels, kept up to date. */
export function useSize<E extends HTMLElement>(): [MutableRef<E | null>, Size] {
  const element = useRef<E | null>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const observed = element.current;
    if (observed === null) {
      return;
    }
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) {
        const { width, height } = entry.contentRect;
        setSize((old) => (old.width === width && old.height === height ? old : { width, height }));
      }
    });
    observer.observe(observed);
    return () => observer.disconnect();
  }, []);
  return [element, size];
}
