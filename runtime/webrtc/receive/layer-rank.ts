const knownOrders: readonly (readonly string[])[] = [
  ['q', 'h', 'f'],
  ['l', 'm', 'h'],
  ['low', 'med', 'high'],
  ['low', 'mid', 'high'],
  ['low', 'medium', 'high'],
  ['lo', 'mid', 'hi'],
];

/**
 * Ranks simulcast streams from the lowest quality up. RID names that applications commonly use tell the
 * order; otherwise it is that of the session description, where browsers put the smallest first.
 */
export function rankLayers(rids: readonly string[]): string[] {
  const order = knownOrders.find((names) => rids.every((rid) => names.includes(rid)));
  if (order !== undefined) {
    return order.filter((rid) => rids.includes(rid));
  }
  if (rids.every((rid) => /^r?\d+$/.test(rid))) {
    return [...rids].sort((a, b) => Number(a.replace('r', '')) - Number(b.replace('r', '')));
  }
  return [...rids];
}
