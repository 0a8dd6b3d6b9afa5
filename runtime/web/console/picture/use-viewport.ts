import { signal, type Signal } from '@preact/signals';
import { useEffect, useMemo, useRef, type MutableRef } from 'preact/hooks';
import { fitted, revealed, zoomed, type Box, type Size, type Viewport } from './viewport.ts';

export type ViewportControl = {
  viewport: Signal<Viewport>;
  fit: () => void;
  /** Around the middle. */
  zoom: (factor: number) => void;
  pan: (x: number, y: number) => void;
  reveal: (box: Box) => void;
};

/** A wheel's notch is 100 to 120 pixels. */
const WHEEL_STEP = 500;
/** A press that moves less is a click. */
const DRAG_FROM_PX = 4;

/**
 * Wheel, drag and pinch in the window of a picture. Until a person has moved it, the whole picture is kept in sight,
 * whatever comes or goes.
 */
export function useViewport(frame: MutableRef<HTMLElement | null>, picture: Size): ViewportControl {
  const viewport = useMemo(() => signal<Viewport>({ x: 0, y: 0, scale: 1 }), []);
  const isMoved = useRef(false);
  const size = useRef(picture);
  size.current = picture;

  const control = useMemo((): ViewportControl => {
    const windowSize = (): Size => ({
      width: frame.current?.clientWidth ?? 0,
      height: frame.current?.clientHeight ?? 0,
    });
    return {
      viewport,
      fit() {
        isMoved.current = false;
        viewport.value = fitted(size.current, windowSize());
      },
      zoom(factor) {
        isMoved.current = true;
        const { width, height } = windowSize();
        viewport.value = zoomed(viewport.value, factor, { x: width / 2, y: height / 2 });
      },
      pan(x, y) {
        isMoved.current = true;
        viewport.value = { ...viewport.value, x: viewport.value.x + x, y: viewport.value.y + y };
      },
      reveal(box) {
        const next = revealed(viewport.value, box, windowSize());
        if (next.x !== viewport.value.x || next.y !== viewport.value.y) {
          isMoved.current = true;
          viewport.value = next;
        }
      },
    };
  }, [frame, viewport]);

  useEffect(() => {
    if (!isMoved.current) {
      control.fit();
    }
  }, [control, picture.width, picture.height]);

  useEffect(() => {
    const element = frame.current;
    if (element === null) {
      return undefined;
    }
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      isMoved.current = true;
      viewport.value = zoomed(viewport.value, Math.exp(-event.deltaY / WHEEL_STEP), {
        x: event.clientX - left,
        y: event.clientY - top,
      });
    };
    const pointers = new Map<number, { x: number; y: number }>();
    let travelled = 0;
    const onDown = (event: PointerEvent): void => {
      if (event.button === 0) {
        pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
        travelled = 0;
      }
    };
    const onMove = (event: PointerEvent): void => {
      const before = pointers.get(event.pointerId);
      if (before === undefined) {
        return;
      }
      const now = { x: event.clientX, y: event.clientY };
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      pointers.set(event.pointerId, now);
      travelled += Math.hypot(now.x - before.x, now.y - before.y);
      if (travelled < DRAG_FROM_PX) {
        return;
      }
      element.setPointerCapture(event.pointerId);
      if (other === undefined) {
        control.pan(now.x - before.x, now.y - before.y);
        return;
      }
      const { left, top } = element.getBoundingClientRect();
      const ratio = distance(now, other) / Math.max(1, distance(before, other));
      viewport.value = zoomed(viewport.value, ratio, {
        x: (now.x + other.x) / 2 - left,
        y: (now.y + other.y) / 2 - top,
      });
    };
    const onUp = (event: PointerEvent): void => {
      pointers.delete(event.pointerId);
    };
    const onClick = (event: MouseEvent): void => {
      // The end of a drag is not a press of what happens to lie below.
      if (travelled >= DRAG_FROM_PX) {
        event.stopPropagation();
        travelled = 0;
      }
    };
    const resizing = new ResizeObserver(() => {
      if (!isMoved.current) {
        control.fit();
      }
    });
    resizing.observe(element);
    element.addEventListener('wheel', onWheel, { passive: false });
    element.addEventListener('pointerdown', onDown);
    element.addEventListener('pointermove', onMove);
    element.addEventListener('pointerup', onUp);
    element.addEventListener('pointercancel', onUp);
    element.addEventListener('click', onClick, { capture: true });
    return () => {
      resizing.disconnect();
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('pointerdown', onDown);
      element.removeEventListener('pointermove', onMove);
      element.removeEventListener('pointerup', onUp);
      element.removeEventListener('pointercancel', onUp);
      element.removeEventListener('click', onClick, { capture: true });
    };
  }, [frame, viewport, control]);

  return control;
}

const distance = (a: { x: number; y: number }, b: { x: number; y: number }): number =>
  Math.hypot(a.x - b.x, a.y - b.y);
