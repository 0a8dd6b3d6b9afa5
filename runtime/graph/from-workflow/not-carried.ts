/** A part of the workflow that the document does not hold, and why. */
export type NotCarried = { node: string; reason: string };

/** Collects what is not carried over: each reason of a node once, in the order in which it was found. */
export function notCarriedList(): {
  add(node: string, reason: string): void;
  has(node: string): boolean;
  readonly all: readonly NotCarried[];
} {
  const all: NotCarried[] = [];
  return {
    all,
    add(node, reason) {
      if (!all.some((entry) => entry.node === node && entry.reason === reason)) {
        all.push({ node, reason });
      }
    },
    has: (node) => all.some((entry) => entry.node === node),
  };
}
