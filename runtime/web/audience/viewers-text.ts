/** How many watch, short enough for a badge: `1 watching`, `12.4K watching`. */
export function viewersText(viewers: number): string {
  const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
  return `${short.format(viewers)} watching`;
}
