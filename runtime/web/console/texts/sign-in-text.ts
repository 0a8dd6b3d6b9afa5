import type { CallError } from '../client/index.ts';

const keyPlace = 'The server key is in the file server.key of the runtime’s data folder.';

/** Why signing in did not work, and what to do about it. */
export function signInText({ code, message }: Pick<CallError, 'code' | 'message'>): string {
  switch (code) {
    case 'unreachable':
      return 'Roomflow does not answer. Check that it runs, then try again.';
    case 'missing-token':
    case 'invalid-token':
      return `This is neither the server key nor a token of this runtime. ${keyPlace}`;
    case 'expired-token':
      return 'This token has expired. Make a new one with “roomflow token”, or use the server key.';
    case 'unauthorized-role':
      return 'This token is for joining rooms. The console needs the server key, or a token with role crawler or permission allow_mod.';
    case 'unauthorized-request':
    case 'unauthorized-room':
      return `This token may not see all rooms. ${message}`;
    default:
      return message;
  }
}
