import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { useWatching } from '../watching-context.ts';
import { toggleFullScreen } from './full-screen.ts';

const VOLUME_STEP = 0.1;

/** Space or K plays and pauses, M mutes, F fills the screen, L goes live, C shows captions; arrows change the volume on the player. */
export function usePlayerKeys(frame: RefObject<HTMLElement>): void {
  const { player, captions } = useWatching();
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const element = frame.current;
      if (element === null || event.ctrlKey || event.metaKey || event.altKey || isTaken(event, element)) {
        return;
      }
      const action = actions(element)[event.key.toLowerCase()];
      if (action !== undefined) {
        event.preventDefault();
        action();
      }
    };
    const actions = (element: HTMLElement): Partial<Record<string, () => void>> => ({
      ' ': () => player.togglePlay(),
      k: () => player.togglePlay(),
      m: () => player.toggleMuted(),
      l: () => player.goLive(),
      ...(captions.available.value ? { c: () => captions.toggle() } : {}),
      f: () => void toggleFullScreen(element),
      ...(element.contains(document.activeElement)
        ? {
            arrowup: () => player.setVolume(player.volume.value + VOLUME_STEP),
            arrowdown: () => player.setVolume(player.volume.value - VOLUME_STEP),
          }
        : {}),
    });
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [player, captions, frame]);
}

/** The key means something where it was pressed: writing, choosing, pressing a button. */
function isTaken({ target, key }: KeyboardEvent, frame: HTMLElement): boolean {
  if (!(target instanceof HTMLElement)) {
    return false;
  }
  if (target.closest('input, textarea, select, dialog, [role="tablist"]') !== null) {
    return true;
  }
  const button = target.closest('button, a');
  return button !== null && (key === ' ' || !frame.contains(button));
}
