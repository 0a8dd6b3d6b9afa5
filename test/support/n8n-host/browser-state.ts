import type { RestSession } from './rest-session.ts';

/** What makes a browser the signed-in owner; fits Playwright's `storageState`. */
export type BrowserState = {
  cookies: Array<{
    name: string;
    value: string;
    domain: string;
    path: string;
    expires: number;
    httpOnly: boolean;
    secure: boolean;
    sameSite: 'Lax';
  }>;
  origins: Array<{ origin: string; localStorage: Array<{ name: string; value: string }> }>;
};

/** The cookie and the browser id it is bound to, which the editor keeps in the local storage. */
export function browserState(session: RestSession): BrowserState {
  const { origin, hostname } = new URL(session.url);
  return {
    cookies: [
      {
        name: 'n8n-auth',
        value: session.cookie,
        domain: hostname,
        path: '/',
        expires: -1,
        httpOnly: true,
        secure: false,
        sameSite: 'Lax',
      },
    ],
    origins: [{ origin, localStorage: [{ name: 'n8n-browserId', value: session.browserId }] }],
  };
}
