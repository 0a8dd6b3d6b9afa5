import type { Reaction } from '../../../contract/index.ts';

/** Every reaction there is, in the order of the buttons, and what its button is called. */
export const reactionNames = {
  like: 'Like',
  love: 'Love',
  clap: 'Applause',
  laugh: 'Laugh',
  wow: 'Wow',
  celebrate: 'Celebrate',
} as const satisfies Readonly<Record<Reaction, string>>;

export const reactionsInOrder = Object.keys(reactionNames) as readonly Reaction[];
