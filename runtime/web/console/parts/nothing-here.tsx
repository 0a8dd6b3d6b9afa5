import type { ComponentChildren, VNode } from 'preact';

/** In place of a list that is empty: what would stand there, and how it comes to be. */
export function NothingHere({ title, children }: { title: string; children?: ComponentChildren }): VNode {
  return (
    <div class="nothing-here">
      <p class="nothing-here-title">{title}</p>
      {children !== undefined && <p class="quiet">{children}</p>}
    </div>
  );
}
