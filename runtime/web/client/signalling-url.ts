/** The signalling URL of a room on the host that served `page`; secure where the page is. */
export function signallingUrl(page: string, roomId: string, token: string): string {
  const url = new URL(`/v2/rooms/${encodeURIComponent(roomId)}/signal`, page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.searchParams.set('token', token);
  return url.href;
}
