import type { Caption } from '../../contract/index.ts';

/**
 * When a caption is to be seen, in milliseconds since 1970 by the clock of the session: a whole text when its first
 * word is spoken; one that grew before the reader's eyes, and each step of its growth, when its last one is.
 */
export function captionDueMs(caption: Caption, grew: boolean): number {
  const lengthMs = Math.max(0, caption.endMs - caption.startMs);
  return caption.timestamp + (grew || !caption.isFinal ? lengthMs : 0);
}
