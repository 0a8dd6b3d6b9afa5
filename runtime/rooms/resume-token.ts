import { createHash, randomBytes } from 'node:crypto';

/** A secret that proves who comes back. */
export const newResumeToken = (): string => randomBytes(24).toString('base64url');

/** What is kept of it: from the hash nobody can tell the token. */
export const hashOfResumeToken = (token: string): string => createHash('sha256').update(token).digest('hex');
