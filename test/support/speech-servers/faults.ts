/** What goes wrong, for so many requests. */
export type Faults<Fault> = {
  /** What is to go wrong with the next requests; with all when `times` is left out. */
  set(fault: Fault, times?: number): void;
  clear(): void;
  /** The fault that the request at hand meets, or null. */
  take(): Fault | null;
};

export function createFaults<Fault>(): Faults<Fault> {
  let current: { fault: Fault; left: number } | null = null;
  return {
    set(fault, times = Number.POSITIVE_INFINITY) {
      current = { fault, left: times };
    },
    clear() {
      current = null;
    },
    take() {
      if (current === null || current.left === 0) return null;
      current.left -= 1;
      return current.fault;
    },
  };
}
