import { vi } from 'vitest';
import type { GraphDocument, GraphInstance } from '../../../../../runtime/contract/index.ts';
import type { SimulatedHouse } from '../../../../support/graphs/index.ts';

export const documentOf = (nodes: GraphDocument['nodes'], name = 'graph'): GraphDocument => ({
  version: 1,
  name,
  nodes,
});

/** All instances of a graph, newest first. */
export const instancesOf = ({ graphs }: SimulatedHouse, graphId: string): GraphInstance[] =>
  graphs.instances({ graphId, perPage: 200 }).data;

/** The one instance of a graph. @throws when there are more, or none */
export function onlyInstance(house: SimulatedHouse, graphId: string): GraphInstance {
  const [instance, ...others] = instancesOf(house, graphId);
  if (!instance || others.length > 0) {
    throw new Error(`graph ${graphId} has ${others.length + (instance ? 1 : 0)} instances`);
  }
  return instance;
}

/** The states of an instance's steps, in the order in which they start. */
export const statesOf = ({ nodes }: GraphInstance): Record<string, string> =>
  Object.fromEntries(nodes.map(({ nodeId, state }) => [nodeId, state]));

/** Waits until something holds; says what it waited for when it does not within twenty seconds. */
export async function settled(holds: () => boolean): Promise<void> {
  await vi.waitFor(
    () => {
      if (!holds()) {
        throw new Error(`still waiting for: ${holds.toString()}`);
      }
    },
    { timeout: 20_000, interval: 2 },
  );
}
