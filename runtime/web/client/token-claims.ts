/**
 * The claims of a JWT as far as the page shows them. Unverified: only the runtime judges a token.
 * An unreadable token gives no claims, so that the runtime can say what is wrong with it. Source: RFC 7519.
 */
export function readTokenClaims(token: string): { name?: string; mode?: string; expiresAtMs?: number } {
  const payload = token.split('.')[1];
  if (payload === undefined) {
    return {};
  }
  try {
    const binary = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof claims !== 'object' || claims === null) {
      return {};
    }
    return {
      ...('name' in claims && typeof claims.name === 'string' ? { name: claims.name } : {}),
      ...('mode' in claims && typeof claims.mode === 'string' ? { mode: claims.mode } : {}),
      ...('exp' in claims && typeof claims.exp === 'number' ? { expiresAtMs: claims.exp * 1000 } : {}),
    };
  } catch {
    return {};
  }
}
