import type { VNode } from 'preact';

const strands = [
  'M-20 60C160 60 170 300 370 300',
  'M-20 155C150 155 190 300 370 300',
  'M-20 250C140 250 210 300 370 300',
  'M-20 350C140 350 210 300 370 300',
  'M-20 445C150 445 190 300 370 300',
  'M-20 540C160 540 170 300 370 300',
];

/** The sign at large: many streams that become one. */
export function Streams(): VNode {
  return (
    <svg class="streams" viewBox="0 0 600 600" preserveAspectRatio="xMidYMid slice">
      {strands.map((path) => (
        <path key={path} class="strand" d={path} />
      ))}
      <path class="strand is-one" d="M370 300H452" />
      <circle class="strand-halo" cx="474" cy="300" r="58" />
      <circle class="strand-end" cx="474" cy="300" r="22" />
    </svg>
  );
}
