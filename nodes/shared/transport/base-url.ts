/**
 * The credential's base URL without a trailing slash.
 *
 * @throws TypeError when it is no http(s) URL.
 */
export function parseBaseUrl(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : '';
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`The protocol of "${text}" is not http or https`);
  }
  return text.replace(/\/+$/, '');
}
