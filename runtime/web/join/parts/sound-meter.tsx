import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { measureSound } from '../devices/index.ts';

/** A bar that moves with the loudness of `track`. Drawn past the component tree, as it moves with every frame. */
export function SoundMeter({ track }: { track: MediaStreamTrack | null }): VNode {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (track === null) {
      return;
    }
    const level = measureSound(track);
    let frame = 0;
    let shown = 0;
    const draw = (): void => {
      // Quick up, slow down: the eye reads peaks, not the wave.
      shown = Math.max(level.read(), shown * 0.9);
      bar.current?.style.setProperty('--level', shown.toFixed(3));
      frame = requestAnimationFrame(draw);
    };
    draw();
    return () => {
      cancelAnimationFrame(frame);
      level.close();
      bar.current?.style.setProperty('--level', '0');
    };
  }, [track]);
  return <span ref={bar} class="sound-meter" aria-hidden="true" />;
}
