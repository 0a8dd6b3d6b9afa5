/** Words as they are compared: lower case, without marks. */
export const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9' ]/g, ' ')
    .split(' ')
    .filter((word) => word !== '');

/** The fewest words to put in, leave out or change that make one text of the other (Levenshtein). */
export function wordErrors(said: readonly string[], heard: readonly string[]): number {
  let row = Array.from({ length: heard.length + 1 }, (_, index) => index);
  for (const [index, word] of said.entries()) {
    const next = [index + 1];
    for (const [column, other] of heard.entries()) {
      const changed = (row[column] ?? 0) + (word === other ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Errors per spoken word; 0 is perfect, and it may be more than 1. */
export function wordErrorRate(said: string, heard: string): number {
  const words = wordsOf(said);
  return wordErrors(words, wordsOf(heard)) / Math.max(1, words.length);
}
