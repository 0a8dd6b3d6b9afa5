/** A video track that a subscriber receives, as the allocation sees it. */
export type LayerDemand = {
  /** Bits per second of each layer from the lowest up; 0 for a layer that sends nothing. */
  bitrates: readonly number[];
  /** The highest rank that the subscriber wants. */
  wantedRank: number;
  /** What is forwarded now, or -1. */
  currentRank: number;
};

/** An upgrade needs this much room more than a layer costs, so that it does not swing. */
const upgradeMargin = 1.2;

/**
 * Shares a bandwidth between tracks: each gets its lowest living layer, then the tracks go up in turn while
 * there is room. A layer that sends nothing is replaced by the next lower living one, or the next higher.
 *
 * @returns the rank for each demand.
 */
export function allocateLayers(demands: readonly LayerDemand[], bitsPerSecond: number): number[] {
  const ranks = demands.map((demand) => livingRanks(demand)[0] ?? demand.wantedRank);
  let room =
    bitsPerSecond - demands.reduce((sum, demand, i) => sum + (demand.bitrates[ranks[i] ?? 0] ?? 0), 0);
  for (let raised = true; raised;) {
    raised = false;
    for (const [i, demand] of demands.entries()) {
      const rank = ranks[i] ?? 0;
      const next = livingRanks(demand).find((candidate) => candidate > rank);
      if (next === undefined) {
        continue;
      }
      const cost = (demand.bitrates[next] ?? 0) - (demand.bitrates[rank] ?? 0);
      const needed = next > demand.currentRank && demand.currentRank >= 0 ? cost * upgradeMargin : cost;
      if (needed <= room) {
        ranks[i] = next;
        room -= cost;
        raised = true;
      }
    }
  }
  return ranks;
}

/** Ranks that send something and are not above the wanted one; otherwise the lowest one that sends. */
function livingRanks(demand: LayerDemand): number[] {
  const living = demand.bitrates.flatMap((bitrate, rank) => (bitrate > 0 ? [rank] : []));
  const wanted = living.filter((rank) => rank <= demand.wantedRank);
  return wanted.length > 0 ? wanted : living.slice(0, 1);
}
