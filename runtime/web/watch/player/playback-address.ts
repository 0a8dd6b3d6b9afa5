/**
 * The address to play from, on the host that served the page: the runtime answers under several names, and a page
 * may talk to its own only (its content security policy).
 */
export function playbackAddress(playbackUrl: string, page: string): string {
  const { pathname, search } = new URL(playbackUrl, page);
  return new URL(`${pathname}${search}`, page).href;
}
