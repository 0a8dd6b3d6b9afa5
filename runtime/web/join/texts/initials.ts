/** One or two letters that stand for a name; a dot for a name without any. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => /[\p{L}\p{N}]/u.exec(word ?? '')?.[0] ?? '',
  );
  return letters.join('').toLocaleUpperCase() || '·';
}

/** A hue in degrees that stays the same for the same person. */
export function hueOf(participantId: string): number {
  let hash = 7;
  for (const character of participantId) {
    hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 3600;
  }
  return hash % 360;
}
