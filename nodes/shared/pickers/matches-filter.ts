/** True when what the person typed into the list's search box is part of one of the texts. */
export function matchesFilter(filter: string | undefined, ...texts: (string | null)[]): boolean {
  const wanted = (filter ?? '').trim().toLowerCase();
  return wanted === '' || texts.some((text) => text?.toLowerCase().includes(wanted) ?? false);
}
