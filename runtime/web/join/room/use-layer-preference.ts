import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { layerForHeight } from '../../client/index.ts';
import { useMeeting } from '../meeting-context.ts';

const SETTLE_MS = 300;

/** Asks the runtime for the layer that fits the element's size, and for nothing while it is out of sight. */
export function useLayerPreference(element: RefObject<HTMLElement>, trackId: string | null): void {
  const meeting = useMeeting();
  useEffect(() => {
    const observed = element.current;
    if (observed === null || trackId === null) {
      return;
    }
    let height = observed.clientHeight;
    let visible = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = (): void => {
      clearTimeout(timer);
      // While a window is dragged larger every step would otherwise ask for a keyframe.
      timer = setTimeout(() => {
        const layer = layerForHeight(height, devicePixelRatio);
        meeting.prefer(trackId, visible ? { layer, paused: false } : { layer: 'low', paused: true });
      }, SETTLE_MS);
    };
    const sizes = new ResizeObserver(([entry]) => {
      height = entry?.contentRect.height ?? height;
      settle();
    });
    const sight = new IntersectionObserver((entries) => {
      visible = entries.at(-1)?.isIntersecting ?? true;
      settle();
    });
    sizes.observe(observed);
    sight.observe(observed);
    return () => {
      clearTimeout(timer);
      sizes.disconnect();
      sight.disconnect();
    };
  }, [element, trackId, meeting]);
}
