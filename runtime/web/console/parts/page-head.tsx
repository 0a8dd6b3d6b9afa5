import type { ComponentChildren, VNode } from 'preact';

/** The heading of a page; `up` leads to what it belongs to, `children` are what can be done. */
export function PageHead(props: {
  title: string;
  up?: { href: string; label: string };
  mark?: ComponentChildren;
  children?: ComponentChildren;
}): VNode {
  const { title, up, mark, children } = props;
  return (
    <header class="page-head">
      <div class="page-head-title">
        {up !== undefined && (
          <a class="page-head-up" href={up.href}>
            {up.label}
            <span aria-hidden="true"> /</span>
          </a>
        )}
        <h1>{title}</h1>
        {mark}
      </div>
      {children !== undefined && <div class="page-head-actions">{children}</div>}
    </header>
  );
}
