/** The gifts that can be chosen here; a name that is not among them is shown as a wrapped box. */
export const giftNames = [
  { gift: 'rose', name: 'Rose' },
  { gift: 'star', name: 'Star' },
  { gift: 'coffee', name: 'Coffee' },
  { gift: 'cake', name: 'Cake' },
  { gift: 'balloon', name: 'Balloon' },
  { gift: 'diamond', name: 'Diamond' },
  { gift: 'crown', name: 'Crown' },
  { gift: 'rocket', name: 'Rocket' },
] as const;

export type KnownGift = (typeof giftNames)[number]['gift'];

/** What a gift is called; an unknown one by its own word. */
export function giftName(gift: string): string {
  return giftNames.find((one) => one.gift === gift)?.name ?? gift.replaceAll('-', ' ');
}
