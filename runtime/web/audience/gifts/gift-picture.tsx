import type { VNode } from 'preact';
import type { KnownGift } from './gift-catalogue.ts';

/** A gift as a drawing of `size` CSS pixels; decoration only, its name stands beside it. */
export function GiftPicture({ gift, size }: { gift: string; size: number }): VNode {
  return (
    <svg class="gift-picture" viewBox="0 0 48 48" width={size} height={size} aria-hidden="true">
      {isKnown(gift) ? drawings[gift] : wrapped}
    </svg>
  );
}

const wrapped = (
  <>
    <rect x="8" y="20" width="32" height="22" rx="4" fill="#c9513c" />
    <rect x="5" y="14" width="38" height="9" rx="3" fill="#e5634b" />
    <rect x="20.5" y="14" width="7" height="28" fill="#f6b93b" />
    <path d="M24 14c-9 1-12-2-11-6s7-3 11 6c4-9 10-10 11-6s-2 7-11 6z" fill="#f6b93b" />
  </>
);

const drawings: Readonly<Record<KnownGift, VNode>> = {
  rose: (
    <>
      <path d="M24 26c0 8-1 13-3 18" fill="none" stroke="#1f8a6d" stroke-width="3" stroke-linecap="round" />
      <path
        d="M23.5 36c4-5 9-6 13-4-2 5-7 7-13 4zM22.5 33c-3-4-7-5-10.5-4 1.5 4 5.5 6 10.5 4z"
        fill="#2ba583"
      />
      <path
        d="M24 28c-8 0-12-5-12-12 0-4 3-5 5-4 1-5 5-8 7-8s6 3 7 8c2-1 5 0 5 4 0 7-4 12-12 12z"
        fill="#d8402f"
      />
      <path d="M24 28c-5-1-8-5-7-16 3 0 6 2 7 6 1-4 4-6 7-6 1 11-2 15-7 16z" fill="#ef6351" />
      <path d="M24 18c-3-2-4-6 0-9 4 3 3 7 0 9z" fill="#b32f21" />
    </>
  ),
  star: (
    <>
      <path
        d="M24 4.5l5.8 12.2 13.4 1.8-9.8 9.3 2.4 13.3L24 34.7l-11.8 6.4 2.4-13.3-9.8-9.3 13.4-1.8z"
        fill="#f6b93b"
        stroke="#f6b93b"
        stroke-width="2.5"
        stroke-linejoin="round"
      />
      <path d="M24 4.5v30.2l-11.8 6.4 2.4-13.3-9.8-9.3 13.4-1.8z" fill="#ffd57a" />
    </>
  ),
  coffee: (
    <>
      <path
        d="M17 6c-3 4 3 5 0 9M25 6c-3 4 3 5 0 9"
        fill="none"
        stroke="#b9b29c"
        stroke-width="2.6"
        stroke-linecap="round"
      />
      <path d="M34 22h4a6 6 0 0 1 0 12h-5" fill="none" stroke="#0f6b5f" stroke-width="4" />
      <path d="M8 19h27v11c0 6-4 10-10 10h-7c-6 0-10-4-10-10z" fill="#148472" />
      <path d="M8 19h27v4H8z" fill="#6b3f22" />
      <rect x="5" y="40.5" width="34" height="4" rx="2" fill="#0f6b5f" />
    </>
  ),
  cake: (
    <>
      <path d="M24 5c3 3 3 7 0 7s-3-4 0-7z" fill="#f6b93b" />
      <rect x="22.3" y="11" width="3.4" height="9" rx="1.5" fill="#5fd3bd" />
      <rect x="7" y="20" width="34" height="21" rx="4" fill="#f0a6a0" />
      <path
        d="M7 24c0-3 2-5 5-5h24c3 0 5 2 5 5v4c-3 4-6 0-8.5 0S28 32 24 32s-6-4-8.5-4-5.5 4-8.5 0z"
        fill="#fff6ea"
      />
      <rect x="4" y="39" width="40" height="5" rx="2.5" fill="#c9513c" />
      <circle cx="14" cy="35" r="1.6" fill="#d8402f" />
      <circle cx="24" cy="36" r="1.6" fill="#d8402f" />
      <circle cx="34" cy="35" r="1.6" fill="#d8402f" />
    </>
  ),
  balloon: (
    <>
      <path d="M24 33c3 4-4 6 0 12" fill="none" stroke="#8b8877" stroke-width="2" stroke-linecap="round" />
      <path d="M24 33l-3.5 3.5h7z" fill="#a83424" />
      <path d="M24 3c8 0 13 6 13 13.5S30 33.5 24 33.5 11 24 11 16.5 16 3 24 3z" fill="#e0523e" />
      <path d="M17 15c0-4 2-7 5-8" fill="none" stroke="#ffb3a6" stroke-width="3" stroke-linecap="round" />
    </>
  ),
  diamond: (
    <>
      <path d="M13 8h22l9 12-20 23L4 20z" fill="#35b8d6" />
      <path d="M13 8h11l-8 12H4z" fill="#8fe3f2" />
      <path d="M35 8H24l8 12h12z" fill="#5fd0e6" />
      <path d="M16 20h16l-8 23z" fill="#62cfe4" />
      <path d="M24 8l8 12H16z" fill="#c8f4fb" />
    </>
  ),
  crown: (
    <>
      <path
        d="M5 14l9.5 9L24 8l9.5 15L43 14l-4 22H9z"
        fill="#f6b93b"
        stroke="#f6b93b"
        stroke-width="2"
        stroke-linejoin="round"
      />
      <path d="M24 8v28H9L5 14l9.5 9z" fill="#ffd57a" />
      <rect x="8" y="36" width="32" height="6" rx="2.5" fill="#e09a10" />
      <circle cx="24" cy="28" r="3.2" fill="#d8402f" />
      <circle cx="14.5" cy="30" r="2.2" fill="#148472" />
      <circle cx="33.5" cy="30" r="2.2" fill="#148472" />
    </>
  ),
  rocket: (
    <>
      <path d="M17 35c-1 5-4 8-9 8 0-5 3-8 8-9z" fill="#f6b93b" />
      <path d="M14 22l-8 3 6 6zM26 34l-3 8-6-6z" fill="#b9402f" />
      <path d="M43 5c-12 0-24 8-29 20l9 9C35 29 43 17 43 5z" fill="#eef3f0" />
      <path d="M43 5c-12 0-24 8-29 20l4.5 4.5z" fill="#fff" />
      <path d="M43 5c-4 0-8 1-12 3l9 9c2-4 3-8 3-12z" fill="#d8402f" />
      <circle cx="28.5" cy="19.5" r="4.6" fill="#148472" />
      <circle cx="28.5" cy="19.5" r="2.4" fill="#8fe3d2" />
    </>
  ),
};

const isKnown = (gift: string): gift is KnownGift => Object.hasOwn(drawings, gift);
