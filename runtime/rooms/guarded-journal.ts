import type { SessionJournal } from './journal.ts';

/**
 * A journal whose failures are told and not thrown: a store that cannot be written (a full disk) must not end
 * the meetings that are going on.
 */
export function guardJournal(
  journal: SessionJournal,
  onError: (error: unknown, fields: Record<string, unknown>) => void,
): SessionJournal {
  return new Proxy(journal, {
    get(target, name, receiver): unknown {
      const write: unknown = Reflect.get(target, name, receiver);
      if (typeof write !== 'function') {
        return write;
      }
      return (...entry: unknown[]): void => {
        try {
          Reflect.apply(write, target, entry);
        } catch (error) {
          onError(error, { journal: String(name) });
        }
      };
    },
  });
}
