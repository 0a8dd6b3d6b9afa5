import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Mic } from 'lucide-preact';
import { useWatching } from '../watching-context.ts';

/** A host asks this viewer on stage. */
export function Invitation({ byName }: { byName: string }): VNode {
  const watching = useWatching();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const decline = (): void => void watching.participation.respondStage(false);
  return (
    <dialog ref={dialog} class="sheet invitation" aria-labelledby="invitation-title" onCancel={decline}>
      <div class="sheet-body">
        <span class="invitation-sign">
          <Mic size={30} aria-hidden="true" />
        </span>
        {/* Holds the focus, so that a key pressed while writing answers nothing. */}
        <h2 id="invitation-title" tabIndex={-1} autofocus>
          You are invited on stage
        </h2>
        <p>
          {byName} would like you to join in with microphone and camera. You check both first; nobody sees or
          hears you before you go on.
        </p>
        <div class="invitation-answer">
          <button type="button" class="plain-button" onClick={decline}>
            Not now
          </button>
          <button type="button" class="primary-button" onClick={() => watching.goToStage()}>
            Accept
          </button>
        </div>
      </div>
    </dialog>
  );
}
