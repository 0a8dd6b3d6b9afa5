import { vi } from 'vitest';
import type { GraphInstance } from '../../../../../runtime/contract/index.ts';
import type { SimulatedHouse } from '../../../../support/graphs/index.ts';

/** All instances of a graph, newest first. */
export const instancesOf = ({ graphs }: SimulatedHouse, graphId: string): GraphInstance[] =>
  graphs.instances({ graphId, perPage: 200 }).data;

/** Waits until something holds; says what it waited for when it does not within two seconds. */
export async function settled(holds: () => boolean): Promise<void> {
  await vi.waitFor(
    () => {
      if (!holds()) {
        throw new Error(`still waiting for: ${holds.toString()}`);
      }
    },
    { timeout: 2000, interval: 2 },
  );
}
