import type { VNode } from 'preact';
import type { Reaction } from '../../../contract/index.ts';

/** A reaction as a drawing of `size` CSS pixels: the same on every system, unlike its emoji. */
export function ReactionPicture({ reaction, size }: { reaction: Reaction; size: number }): VNode {
  return (
    <svg class="reaction-picture" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      {drawings[reaction]}
    </svg>
  );
}

const face = <circle cx="12" cy="12" r="10" fill="#f9c74f" />;
const ink = '#6a3d0a';

const drawings: Readonly<Record<Reaction, VNode>> = {
  like: (
    <>
      <path
        d="M8.5 10.6 12.3 2.7c.1-.3.5-.5.8-.4 1.6.3 2.6 1.7 2.3 3.3L14.7 9h4.6c1.6 0 2.7 1.5 2.3 3l-1.8 7c-.3 1.3-1.4 2.2-2.8 2.2H8.5z"
        fill="#f9c74f"
      />
      <path d="M8.5 19.3v1.9h8.5c1.4 0 2.5-.9 2.8-2.2l.2-.8c-.6.7-1.4 1.1-2.4 1.1z" fill="#e0a32e" />
      <rect x="2.5" y="10.2" width="5" height="11.3" rx="1.6" fill="#148472" />
    </>
  ),
  love: (
    <>
      <path
        d="M12 21.2C7.3 18.2 1.8 14 1.8 8.8 1.8 5.6 4.2 3.2 7.1 3.2c2 0 3.8 1 4.9 2.7 1.1-1.7 2.9-2.7 4.9-2.7 2.9 0 5.3 2.4 5.3 5.6 0 5.2-5.5 9.4-10.2 12.4z"
        fill="#e5533d"
      />
      <path
        d="M5 9.2c0-1.8 1-3 2.5-3.3"
        fill="none"
        stroke="#ffb3a6"
        stroke-width="1.7"
        stroke-linecap="round"
      />
    </>
  ),
  clap: (
    <>
      <path
        d="M4.6 4.3 6 6M9.3 2l.4 2.2M1.8 8.6l2.2.5"
        fill="none"
        stroke="#148472"
        stroke-width="1.7"
        stroke-linecap="round"
      />
      <g transform="rotate(-38 13 13)">
        <rect x="13.2" y="3.6" width="2.5" height="9" rx="1.25" fill="#e0a32e" />
        <rect x="16" y="4.6" width="2.5" height="9" rx="1.25" fill="#e0a32e" />
        <rect x="18.7" y="6.6" width="2.3" height="8" rx="1.15" fill="#e0a32e" />
        <rect x="10.4" y="9.6" width="10.6" height="11.4" rx="4.6" fill="#e0a32e" />
      </g>
      <g transform="rotate(-38 10 14)">
        <rect x="5" y="5.6" width="2.6" height="9" rx="1.3" fill="#f9c74f" />
        <rect x="7.9" y="4.4" width="2.6" height="10" rx="1.3" fill="#f9c74f" />
        <rect x="10.8" y="5.4" width="2.6" height="9" rx="1.3" fill="#f9c74f" />
        <rect x="13.6" y="7.6" width="2.4" height="8" rx="1.2" fill="#f9c74f" />
        <rect x="5" y="11" width="11" height="11" rx="4.8" fill="#f9c74f" />
        <rect x="1.8" y="9.8" width="2.6" height="7.6" rx="1.3" transform="rotate(-28 3 14)" fill="#f9c74f" />
      </g>
    </>
  ),
  laugh: (
    <>
      {face}
      <path
        d="M5.8 9.7c.8-1.7 2.6-1.7 3.4 0M14.8 9.7c.8-1.7 2.6-1.7 3.4 0"
        fill="none"
        stroke={ink}
        stroke-width="1.6"
        stroke-linecap="round"
      />
      <path d="M6 13h12c0 3.7-2.6 6-6 6s-6-2.3-6-6z" fill={ink} />
      <path d="M7 13h10v1.6H7z" fill="#fff" />
      <path
        d="M8.7 17.7c.9-1.3 2-1.7 3.3-1.7s2.4.4 3.3 1.7c-.9.8-2 1.3-3.3 1.3s-2.4-.5-3.3-1.3z"
        fill="#e5533d"
      />
    </>
  ),
  wow: (
    <>
      {face}
      <path
        d="M5.7 6.6c.8-.9 1.9-1.2 3-.9M18.3 6.6c-.8-.9-1.9-1.2-3-.9"
        fill="none"
        stroke={ink}
        stroke-width="1.3"
        stroke-linecap="round"
      />
      <ellipse cx="8.2" cy="10.3" rx="1.4" ry="1.8" fill={ink} />
      <ellipse cx="15.8" cy="10.3" rx="1.4" ry="1.8" fill={ink} />
      <ellipse cx="12" cy="16.4" rx="2.5" ry="3.1" fill={ink} />
    </>
  ),
  celebrate: (
    <>
      <path d="M8.6 8.4 2.3 20.3c-.4.8.4 1.7 1.3 1.4l12.4-5.3z" fill="#f9c74f" />
      <path d="M6.3 12.8l5.5 5.5-2.9 1.2L4.8 15.6z" fill="#e0a32e" />
      <ellipse cx="12.3" cy="12.4" rx="5.5" ry="2.3" transform="rotate(47 12.3 12.4)" fill="#b9402f" />
      <path
        d="M13 10c.2-2.7-.7-4.5-2.3-6M14.7 11.4c1.9-2.6 4.3-3.3 6.8-2.6M14 10.7c.4-2.9 1.7-5.2 4-6.9"
        fill="none"
        stroke="#148472"
        stroke-width="1.6"
        stroke-linecap="round"
      />
      <circle cx="14.6" cy="3.6" r="1.2" fill="#e5533d" />
      <circle cx="20.6" cy="13.4" r="1.2" fill="#e5533d" />
      <circle cx="20.4" cy="5.4" r="1.2" fill="#5fd3bd" />
      <rect x="6.4" y="3.4" width="2.2" height="2.2" rx=".5" transform="rotate(22 7.5 4.5)" fill="#5fd3bd" />
      <rect
        x="17.6"
        y="16.6"
        width="2.2"
        height="2.2"
        rx=".5"
        transform="rotate(30 18.7 17.7)"
        fill="#f9c74f"
      />
    </>
  ),
};
