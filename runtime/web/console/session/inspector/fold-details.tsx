import type { VNode } from 'preact';
import type { Fold } from '../../picture/index.ts';
import { ToneSign } from '../../parts/index.ts';

/** Many alike, shown as one: which they are, and the way to show each. */
export function FoldDetails({ fold, onUnfold }: { fold: Fold; onUnfold: (id: string) => void }): VNode {
  return (
    <>
      <p class="quiet">They are of one kind and state and take the same, so they are drawn as one.</p>
      <button type="button" class="small-button" onClick={() => onUnfold(fold.id)}>
        Show each of them
      </button>
      <ul class="pick-list is-tight">
        {fold.members.map(({ id, label, detail, state }) => (
          <li key={id} class="pick-line">
            <span class="pick-text">
              <strong>{label}</strong>
              <small>{detail}</small>
            </span>
            <ToneSign state={state} />
          </li>
        ))}
      </ul>
    </>
  );
}
