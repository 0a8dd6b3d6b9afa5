export {
  startRelay,
  type Relay,
  type RelayAddress,
  type RelayCounts,
  type RelayDirection,
  type RelayOptions,
} from './relay.ts';
export { type LinkConditions, type LinkCounts } from './lossy-link.ts';
export { rewriteCandidates, withoutCandidates, type CandidateAddress } from './candidates.ts';
export { startRelayedNetwork, type RelayedNetwork } from './relayed-network.ts';
export { seededRandom } from './seeded-random.ts';
