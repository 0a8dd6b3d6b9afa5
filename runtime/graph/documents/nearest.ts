/** Longer names are nobody's slip of the pen. */
const LONGEST_NAME = 80;
/** So many slips at most are taken for one: more is another name. It also bounds the work for each pair. */
const MOST_SLIPS = 4;
/** Shorter beginnings say nothing. */
const SHORTEST_BEGINNING = 4;

/** The known name that was most likely meant, or null when none is near. Pure. */
export function nearest(name: string, known: readonly string[]): string | null {
  if (name.length > LONGEST_NAME) {
    return null;
  }
  const plain = plainName(name);
  let best: string | null = null;
  let most = Math.min(MOST_SLIPS, Math.max(1, Math.floor(name.length / 3)));
  for (const candidate of known) {
    if (candidate !== name) {
      const slips = slipsBetween(plain, plainName(candidate), most);
      if (slips <= most) {
        best = candidate;
        most = slips - 1;
      }
    }
  }
  return best ?? begunOrEnlarged(plain, known);
}

/** The name of which the given one is the beginning, or that is the beginning of the given one. */
function begunOrEnlarged(plain: string, known: readonly string[]): string | null {
  const lengthsApart = (candidate: string): number => Math.abs(plainName(candidate).length - plain.length);
  const [closest] = known
    .filter((candidate) => {
      const other = plainName(candidate);
      const [short, long] = other.length < plain.length ? [other, plain] : [plain, other];
      return short.length >= SHORTEST_BEGINNING && long.startsWith(short);
    })
    .sort((one, two) => lengthsApart(one) - lengthsApart(two));
  return closest ?? null;
}

/** Case and separators are what people slip on most: `participantJoined`, `participant_joined`. */
const plainName = (name: string): string => name.toLowerCase().replaceAll(/[-_ ]/g, '');

/**
 * Letters put in, left out, exchanged, or two beside each other swapped (Damerau and Levenshtein); more than `most` when
 * there are more. Only places that far from the diagonal are looked at.
 */
function slipsBetween(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) {
    return most + 1;
  }
  let beforeLast: number[] = [];
  let last: number[] = [];
  for (let column = 0; column <= Math.min(other.length, most); column += 1) {
    last[column] = column;
  }
  for (let row = 1; row <= one.length; row += 1) {
    const current: number[] = [];
    if (row <= most) {
      current[0] = row;
    }
    for (let column = Math.max(1, row - most); column <= Math.min(other.length, row + most); column += 1) {
      const same = one[row - 1] === other[column - 1];
      const swapped =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, other.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Infinity;
