/** A video track that a subscriber receives, as the allocation sees it. */
export type LayerDemand = {
  /** Bits per second of each simulcast layer from the lowest up; 0 for a layer that sends nothing. */
  bitrates: readonly number[];
  /** Of each simulcast layer, what its temporal layers cost together from the lowest up; without it there is one. */
  temporalBitrates?: readonly (readonly number[] | undefined)[];
  /** The highest rank that the subscriber wants. */
  wantedRank: number;
  /** What is forwarded now, or -1. */
  currentRank: number;
  /** Highest temporal layer of it; by default all. */
  currentTemporal?: number;
  /** It was paused for want of bandwidth, so it needs room to come back. */
  starved?: boolean;
  /** Tracks of a higher number get what they want before those of a lower get more than their least. Default 0. */
  priority?: number;
};

/** What a track gets. */
export type LayerChoice = {
  /** -1: nothing, its lowest layer does not fit. */
  rank: number;
  /** Highest temporal layer; `Infinity` for all of them. */
  temporal: number;
};

/** A shared-out bandwidth. Rates in bits per second. */
export type Allocation = {
  /** For each demand. */
  choices: LayerChoice[];
  /** What the choices cost. */
  cost: number;
  /** What the next step up would need, with its margin; 0 when everything wanted is sent. */
  nextCost: number;
  /** What everything wanted would cost. */
  wantedCost: number;
};

/** An upgrade needs this much room more than a layer costs, so that it does not swing. */
const upgradeMargin = 1.2;
/** Measured rates swing by some percent: what is sent already is kept when it costs a little too much. */
const keepShare = 0.95;
/** The lowest layer is the last thing to go: it is kept until a good part of it does not fit. */
const keepLowestShare = 0.7;

type Step = { rank: number; temporal: number; bitrate: number };

/**
 * Shares a bandwidth between tracks: each gets its lowest living layer, the important ones first; then the tracks
 * go up in turn while there is room, again the important ones first. A layer that sends nothing is replaced by
 * the next lower living one, or the next higher. A track whose lowest layer does not fit gets nothing. Pure.
 *
 * @param mayRaise false keeps every track at most where it is
 */
export function allocateLayers(
  demands: readonly LayerDemand[],
  bitsPerSecond: number,
  mayRaise = true,
): Allocation {
  if (bitsPerSecond === Infinity && mayRaise) {
    return everythingWanted(demands);
  }
  const ladders = demands.map(stepsOf);
  const order = demands
    .map((_, i) => i)
    .sort((a, b) => (demands[b]?.priority ?? 0) - (demands[a]?.priority ?? 0));
  const chosen = demands.map(() => -1);
  let room = bitsPerSecond;
  let nextCost = 0;
  const noteNext = (cost: number) => {
    nextCost ||= cost;
  };
  const priceOf = (i: number, step: Step, cost: number): number => {
    const demand = demands[i] as LayerDemand;
    if (demand.currentRank < 0) {
      return demand.starved === true ? cost * upgradeMargin : cost;
    }
    return isAbove(step, demand) ? cost * upgradeMargin : cost * keepShare;
  };
  const spent = () => bitsPerSecond - room;
  let missing = 0;

  for (const i of order) {
    const lowest = ladders[i]?.[0];
    const demand = demands[i] as LayerDemand;
    if (lowest === undefined) {
      continue;
    }
    const price =
      demand.starved === true || demand.currentRank < 0
        ? priceOf(i, lowest, lowest.bitrate)
        : lowest.bitrate * keepLowestShare;
    if (price <= room && (mayRaise || demand.starved !== true)) {
      chosen[i] = 0;
      room -= Math.min(lowest.bitrate, room);
    } else {
      missing ||= lowest.bitrate * upgradeMargin;
    }
  }
  for (const priority of new Set(order.map((i) => demands[i]?.priority ?? 0))) {
    const group = order.filter((i) => (demands[i]?.priority ?? 0) === priority);
    for (let raised = true; raised;) {
      raised = false;
      for (const i of group) {
        const at = chosen[i] ?? -1;
        const step = ladders[i]?.[at];
        const next = ladders[i]?.[at + 1];
        if (step === undefined || next === undefined) {
          continue;
        }
        const demand = demands[i] as LayerDemand;
        const cost = next.bitrate - step.bitrate;
        const climbs = demand.currentRank >= 0 && isAbove(next, demand);
        if (priceOf(i, next, cost) <= room && (mayRaise || !climbs)) {
          chosen[i] = at + 1;
          room -= Math.min(cost, room);
          raised = true;
        }
      }
    }
  }
  if (missing > 0) {
    noteNext(costOf(chosen, ladders) + missing);
  }
  for (const i of order) {
    const at = chosen[i] ?? -1;
    const step = ladders[i]?.[at];
    const next = ladders[i]?.[at + 1];
    if (step !== undefined && next !== undefined) {
      noteNext(costOf(chosen, ladders) + (next.bitrate - step.bitrate) * upgradeMargin);
    }
  }
  return {
    choices: ladders.map((ladder, i) => choiceOf(ladder, chosen[i] ?? -1, demands[i] as LayerDemand)),
    cost: bitsPerSecond === Infinity ? costOf(chosen, ladders) : spent(),
    nextCost,
    wantedCost: ladders.reduce((sum, ladder) => sum + (ladder.at(-1)?.bitrate ?? 0), 0),
  };
}

/** What a path without a limit gets, which most paths are; they are asked about several times a second. */
function everythingWanted(demands: readonly LayerDemand[]): Allocation {
  let cost = 0;
  const choices = demands.map((demand): LayerChoice => {
    const rank = livingRanks(demand).at(-1) ?? demand.wantedRank;
    cost += demand.bitrates[rank] ?? 0;
    return { rank, temporal: Infinity };
  });
  return { choices, cost, nextCost: 0, wantedCost: cost };
}

function costOf(chosen: readonly number[], ladders: readonly Step[][]): number {
  return ladders.reduce((sum, ladder, i) => sum + (ladder[chosen[i] ?? -1]?.bitrate ?? 0), 0);
}

function choiceOf(ladder: readonly Step[], at: number, demand: LayerDemand): LayerChoice {
  const step = ladder[at];
  if (step !== undefined) {
    return { rank: step.rank, temporal: step.temporal };
  }
  // Nothing of the track is known to send: whatever comes first is as good as wanted.
  return ladder.length === 0
    ? { rank: demand.wantedRank, temporal: Infinity }
    : { rank: -1, temporal: Infinity };
}

function isAbove(step: Step, { currentRank, currentTemporal = Infinity }: LayerDemand): boolean {
  return step.rank > currentRank || (step.rank === currentRank && step.temporal > currentTemporal);
}

/** From the cheapest up: what the track can be sent as. What costs no more than something worse replaces it. */
function stepsOf(demand: LayerDemand): Step[] {
  const steps: Step[] = [];
  for (const rank of livingRanks(demand)) {
    const bitrate = demand.bitrates[rank] ?? 0;
    const temporal = demand.temporalBitrates?.[rank] ?? [];
    const partial = temporal.slice(0, -1).map((cost, id): Step => ({ rank, temporal: id, bitrate: cost }));
    for (const step of [...partial, { rank, temporal: Infinity, bitrate }]) {
      while ((steps.at(-1)?.bitrate ?? 0) >= step.bitrate) {
        steps.pop();
      }
      steps.push(step);
    }
  }
  return steps;
}

/** Ranks that send something and are not above the wanted one; otherwise the lowest one that sends. */
function livingRanks(demand: LayerDemand): number[] {
  const living = demand.bitrates.flatMap((bitrate, rank) => (bitrate > 0 ? [rank] : []));
  const wanted = living.filter((rank) => rank <= demand.wantedRank);
  return wanted.length > 0 ? wanted : living.slice(0, 1);
}
