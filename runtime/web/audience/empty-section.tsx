import type { ComponentChildren, VNode } from 'preact';

/** Says what will stand in a section that is still empty. */
export function EmptySection(props: { icon: VNode; title: string; children: ComponentChildren }): VNode {
  const { icon, title, children } = props;
  return (
    <div class="empty-section">
      <span class="empty-icon">{icon}</span>
      <p class="empty-title">{title}</p>
      <p class="quiet">{children}</p>
    </div>
  );
}
