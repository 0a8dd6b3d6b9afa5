import type { Page } from 'playwright-core';

import type { LinkConditions } from './lossy-link.ts';
import { installRelayedConnections, type RelayLookup } from './relayed-page.ts';
import { startRelay, type Relay, type RelayAddress, type RelayDirection } from './relay.ts';

/** A bad network between a browser and every UDP port it is told of. */
export type RelayedNetwork = AsyncDisposable & {
  /** The relays so far, one for each port of the other side, in order of their appearance. */
  relays(): readonly Relay[];
  /** The relay in front of an address; starts it when there is none. */
  relayFor(target: RelayAddress): Promise<Relay>;
  /** Makes the page use the network. Before it opens its link: `openGuest(browser, { prepare: network.install })`. */
  install(page: Page): Promise<void>;
  /** For all relays, those to come included. */
  setConditions(conditions: LinkConditions, direction?: RelayDirection): void;
  block(): void;
  unblock(): void;
  close(): Promise<void>;
};

const LOOKUP_NAME = 'roomflowTestRelayFor';

/** Starts a network without any relay yet: each is started when a candidate of the other side comes along. */
export function startRelayedNetwork(options: LinkConditions & { seed?: number } = {}): RelayedNetwork {
  const { seed = 1, ...firstConditions } = options;
  const conditions = { 'towards-target': firstConditions, 'towards-client': firstConditions };
  const started = new Map<string, Promise<Relay>>();
  const relays: Relay[] = [];
  let isBlocked = false;

  const start = async (target: RelayAddress, number: number): Promise<Relay> => {
    const relay = await startRelay({
      target,
      // Two directions use two seeds each.
      seed: seed + 2 * number,
      towardsTarget: conditions['towards-target'],
      towardsClient: conditions['towards-client'],
    });
    relays.push(relay);
    if (isBlocked) {
      relay.block();
    }
    return relay;
  };
  const relayFor = (target: RelayAddress): Promise<Relay> => {
    const key = `${target.address}:${target.port}`;
    const relay = started.get(key) ?? start(target, started.size);
    started.set(key, relay);
    return relay;
  };
  const lookUp: RelayLookup = async (address, port, transport) => {
    // Names (mDNS) and IPv6 are left out rather than let past the relay.
    if (transport !== 'udp' || !/^\d+\.\d+\.\d+\.\d+$/.test(address)) {
      return null;
    }
    const relay = await relayFor({ address, port });
    return { address: relay.address, port: relay.port };
  };
  const close = async (): Promise<void> => {
    await Promise.all([...started.values()].map(async (relay) => (await relay).close()));
  };

  return {
    relays: () => relays,
    relayFor,
    install: async (page) => {
      await page.exposeFunction(LOOKUP_NAME, lookUp);
      await page.addInitScript(installRelayedConnections, LOOKUP_NAME);
    },
    setConditions: (changed, direction) => {
      for (const each of direction === undefined
        ? (['towards-target', 'towards-client'] as const)
        : [direction]) {
        conditions[each] = changed;
      }
      for (const relay of relays) {
        relay.setConditions(changed, direction);
      }
    },
    block: () => {
      isBlocked = true;
      for (const relay of relays) {
        relay.block();
      }
    },
    unblock: () => {
      isBlocked = false;
      for (const relay of relays) {
        relay.unblock();
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
