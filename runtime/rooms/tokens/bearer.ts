/** The credential of an `Authorization` header: raw as VideoSDK sends it, or with the `Bearer` scheme. */
export function credentialOf(authorization: string | undefined): string | undefined {
  const credential = authorization?.replace(/^Bearer\s+/i, '').trim();
  return credential === '' ? undefined : credential;
}
