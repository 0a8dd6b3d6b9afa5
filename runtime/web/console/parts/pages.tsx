import type { VNode } from 'preact';
import type { PageInfo } from '../../../contract/index.ts';

/** The way through a list that is longer than one page; nothing where it is not. */
export function Pages(props: { info: PageInfo; onChoose: (page: number) => void }): VNode | null {
  const { info, onChoose } = props;
  const { currentPage, lastPage } = info;
  if (lastPage <= 1) {
    return null;
  }
  return (
    <nav class="pages" aria-label="Pages">
      <button
        type="button"
        class="small-button"
        disabled={currentPage <= 1}
        onClick={() => onChoose(currentPage - 1)}
      >
        Newer
      </button>
      <span class="figure">
        {currentPage} of {lastPage}
      </span>
      <button
        type="button"
        class="small-button"
        disabled={currentPage >= lastPage}
        onClick={() => onChoose(currentPage + 1)}
      >
        Older
      </button>
    </nav>
  );
}
