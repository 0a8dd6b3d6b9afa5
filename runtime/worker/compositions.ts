import type { CompositionHold, CompositionRequest } from '../steps/index.ts';
import { Composition, type CompositionSurroundings } from './composition.ts';
import type { CompositionStatistics } from './messages.ts';

type Held = { composition: Composition; holders: number; onFailure: Set<(error: Error) => void> };

/**
 * The compositions of one session. Steps that control has given the same composition id share one; it begins with
 * the first who holds it and ends when nobody does.
 */
export class Compositions {
  readonly #surroundings: Omit<CompositionSurroundings, 'failed'>;
  readonly #held = new Map<string, Held>();
  /** Compositors that are on their way out. */
  readonly #closing = new Set<Promise<void>>();

  constructor(surroundings: Omit<CompositionSurroundings, 'failed'>) {
    this.#surroundings = surroundings;
  }

  hold(id: string, request: CompositionRequest): CompositionHold {
    let held = this.#held.get(id);
    if (!held) {
      const onFailure = new Set<(error: Error) => void>();
      held = {
        holders: 0,
        onFailure,
        composition: new Composition(id, request, {
          ...this.#surroundings,
          failed: (composition, error) => {
            this.#remove(composition);
            for (const listener of onFailure) {
              listener(error);
            }
          },
        }),
      };
      this.#held.set(id, held);
    }
    const mine = held;
    const { composition } = mine;
    mine.holders += 1;
    let open = true;
    return {
      size: composition.size,
      addOutput: (profile, sink) => composition.addOutput(profile, sink),
      update: (look) => {
        composition.update(look);
      },
      onFailure: (listener) => {
        mine.onFailure.add(listener);
      },
      stats: () => composition.stats(),
      close: () => {
        if (open) {
          open = false;
          mine.holders -= 1;
          if (mine.holders === 0) {
            this.#remove(composition);
          }
        }
      },
    };
  }

  /** Somebody came, went, was muted, renamed, pinned or speaks. */
  refresh(): void {
    for (const { composition } of this.#held.values()) {
      composition.refresh();
    }
  }

  tick(): void {
    for (const { composition } of this.#held.values()) {
      composition.tick();
    }
  }

  addTo(sum: CompositionStatistics): void {
    for (const { composition } of this.#held.values()) {
      composition.addTo(sum);
    }
  }

  /** Resolves when every compositor has ended. */
  async close(): Promise<void> {
    for (const { composition } of [...this.#held.values()]) {
      this.#remove(composition);
    }
    await Promise.all(this.#closing);
  }

  #remove(composition: Composition): void {
    if (this.#held.get(composition.id)?.composition === composition) {
      this.#held.delete(composition.id);
    }
    const closing = composition.close();
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }
}
