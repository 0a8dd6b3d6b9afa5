const longest = 60;

/** `Track Tap` → `trackTap`; empty where a name has no letters of the alphabet that ids are made of. */
function camelCase(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  const joined = words
    .map((word, index) =>
      index === 0
        ? /^[A-Z0-9]+$/.test(word)
          ? word.toLowerCase()
          : word.charAt(0).toLowerCase() + word.slice(1)
        : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join('')
    .replace(/^[0-9]+/, '');
  return joined.slice(0, longest);
}

/** Gives ids of a document's nodes, none twice: made of a name, or of `otherwise` where that has no letters. */
export function nodeIds(): (name: string, otherwise: string) => string {
  const taken = new Set<string>();
  return (name, otherwise) => {
    const camel = camelCase(name);
    const base = camel === '' ? otherwise : camel;
    let id = base;
    for (let number = 2; taken.has(id); number += 1) {
      id = `${base}${number}`;
    }
    taken.add(id);
    return id;
  };
}
