/** One or two letters that stand for a name; a dot for a name without any. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => /[\p{L}\p{N}]/u.exec(word ?? '')?.[0] ?? '',
  );
  return letters.join('').toLocaleUpperCase() || '·';
}

/** A hue in degrees that stays the same for the same person, far from that of ids that differ by one digit. */
export function hueOf(participantId: string): number {
  // FNV-1a, then the golden angle, which spreads neighbours over the circle.
  let hash = 0x811c9dc5;
  for (const character of participantId) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return Math.round((hash % 997) * 137.508) % 360;
}
