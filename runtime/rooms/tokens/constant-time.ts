import { createHash, timingSafeEqual } from 'node:crypto';

/** Equality whose duration says nothing of where the two differ, nor of their lengths. */
export function equalInConstantTime(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
