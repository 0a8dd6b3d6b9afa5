import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Section } from './participation.ts';
import { useParticipation } from './participation-context.ts';

export type SectionTab = { section: Section; label: string };

/**
 * The tabs above the sections, with what is new in each. Arrow keys go from tab to tab (WAI-ARIA Authoring
 * Practices, tabs with automatic activation). The panel has the id `section-<name>`.
 */
export function SectionTabs(props: {
  tabs: readonly SectionTab[];
  chosen: Section;
  onChoose: (section: Section) => void;
}): VNode {
  const { tabs, chosen, onChoose } = props;
  const participation = useParticipation();
  const list = useRef<HTMLDivElement>(null);
  const byKey = useRef(false);
  // Before the next message can come in, so that what is already on show is not called new.
  useLayoutEffect(() => {
    participation.show(chosen);
    if (byKey.current) {
      byKey.current = false;
      list.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
    }
    return () => participation.show(null);
  }, [participation, chosen]);
  const step = (by: number): void => {
    const at = tabs.findIndex(({ section }) => section === chosen);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next !== undefined) {
      byKey.current = true;
      onChoose(next.section);
    }
  };
  return (
    <div
      ref={list}
      class="tabs"
      role="tablist"
      onKeyDown={({ key }) => {
        if (key === 'ArrowRight' || key === 'ArrowLeft') {
          step(key === 'ArrowRight' ? 1 : -1);
        }
      }}
    >
      {tabs.map(({ section, label }) => {
        const unread = participation.unread.value[section];
        return (
          <button
            key={section}
            type="button"
            class="tab"
            role="tab"
            id={`tab-${section}`}
            aria-selected={section === chosen}
            aria-controls={`section-${section}`}
            aria-label={unread > 0 ? `${label}, ${unread} new` : label}
            tabIndex={section === chosen ? 0 : -1}
            onClick={() => onChoose(section)}
          >
            {label}
            {unread > 0 && (
              <span class="tab-mark" aria-hidden="true">
                {unread > 99 ? '99+' : unread}
              </span>
            )}
          </button>
        );
      })}
    </div>
  );
}
