/** Longer names are nobody's slip of the pen, and comparing them takes time. */
const LONGEST_NAME = 80;

/** The known name that was most likely meant, or null when none is near. Pure. */
export function nearest(name: string, known: readonly string[]): string | null {
  if (name.length > LONGEST_NAME) {
    return null;
  }
  const plain = plainName(name);
  const most = Math.max(1, Math.floor(name.length / 3));
  let best: string | null = null;
  let bestDistance = most + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > most + 1) {
      continue;
    }
    const distance = distanceBetween(plain, plainName(candidate));
    if (distance < bestDistance && candidate !== name) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Case and separators are what people slip on most: `participantJoined`, `participant_joined`. */
const plainName = (name: string): string => name.toLowerCase().replaceAll(/[-_ ]/g, '');

/** Damerau and Levenshtein: letters put in, left out, exchanged, or two beside each other swapped. */
function distanceBetween(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      let distance = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped) {
        distance = Math.min(distance, at(beforeLast, column - 2) + 1);
      }
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, other.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Infinity;
