import type { Person } from './person.ts';

/** More hands than this nobody looks through; every change is told to all. */
const SHOWN_HANDS = 100;

/** Whose hand is raised, first first. */
export class Hands {
  readonly #raised = new Map<string, Person>();

  /** The first hundred. */
  shown(): Person[] {
    return [...this.#raised.values()].slice(0, SHOWN_HANDS);
  }

  /** @returns false when it was so already */
  raise(person: Person): boolean {
    if (this.#raised.has(person.participantId)) {
      return false;
    }
    this.#raised.set(person.participantId, person);
    return true;
  }

  /** @returns false when it was so already */
  lower(participantId: string): boolean {
    return this.#raised.delete(participantId);
  }
}
