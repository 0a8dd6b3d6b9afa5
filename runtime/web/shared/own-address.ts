/**
 * An address of the runtime, on the host that served the page: the runtime answers under several names, and a page
 * may talk to its own only (its content security policy).
 */
export function ownAddress(address: string, page: string): string {
  const { pathname, search } = new URL(address, page);
  return new URL(`${pathname}${search}`, page).href;
}
