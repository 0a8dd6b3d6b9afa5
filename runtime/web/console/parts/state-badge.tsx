import type { VNode } from 'preact';
import { toneOf } from '../../../diagram/index.ts';
import { ToneSign } from './tone-sign.tsx';

/** A state by sign, colour and name. */
export function StateBadge({ state }: { state: string }): VNode {
  return (
    <span class="state-badge" data-tone={toneOf(state)}>
      <ToneSign state={state} size={14} />
      {state}
    </span>
  );
}
