import { useEffect } from 'preact/hooks';
import { useCaptions } from '../../captions/index.ts';

/** C shows and hides captions, while there are any and nobody is writing. */
export function useCaptionsKey(): void {
  const captions = useCaptions();
  useEffect(() => {
    const pressed = ({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): void => {
      const isWriting =
        target instanceof HTMLElement && target.closest('input, textarea, select, dialog') !== null;
      if (
        key.toLowerCase() === 'c' &&
        !ctrlKey &&
        !metaKey &&
        !altKey &&
        !isWriting &&
        captions.available.value
      ) {
        captions.toggle();
      }
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [captions]);
}
