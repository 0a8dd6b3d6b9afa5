import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { X } from 'lucide-preact';
import { useMeeting } from '../meeting-context.ts';
import type { Panel } from '../meeting.ts';

/** A panel beside the stage. Takes the focus, gives it back to the button that opened it, closes on Escape. */
export function SidePanel(props: { panel: Panel; title: string; children: ComponentChildren }): VNode {
  const { panel, title, children } = props;
  const meeting = useMeeting();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    return () =>
      document.querySelector<HTMLButtonElement>(`[data-opens="${panel}"]`)?.focus({ preventScroll: true });
  }, [panel]);
  const close = (): void => {
    meeting.panel.value = null;
  };
  return (
    <aside
      class="panel"
      aria-label={title}
      onKeyDown={({ key }) => {
        if (key === 'Escape') {
          close();
        }
      }}
    >
      <header class="panel-head">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" class="icon-button" aria-label="Close panel" onClick={close}>
          <X size={20} aria-hidden="true" />
        </button>
      </header>
      {children}
    </aside>
  );
}
