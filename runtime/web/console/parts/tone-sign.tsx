import type { VNode } from 'preact';
import { signOf, toneOf } from '../../../diagram/index.ts';

/** A state's colour and sign, round. For those who see: the state's name stands beside it or in a label. */
export function ToneSign({ state, size = 16 }: { state: string; size?: number }): VNode | null {
  const tone = toneOf(state);
  return tone === 'none' ? null : (
    <svg
      class="tone-sign"
      data-tone={tone}
      viewBox="-8 -8 16 16"
      width={size}
      height={size}
      aria-hidden="true"
    >
      <circle r="8" />
      <path d={signOf[tone]} />
    </svg>
  );
}
