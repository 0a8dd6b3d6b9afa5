import type { KillTarget } from './plan.ts';

/** What a run has found: each defect in words, under the figure that counts it. */
export type Findings = {
  eventsLost: string[];
  eventsDoubled: string[];
  unplayable: string[];
  wrongStates: string[];
  orphans: string[];
  /** See {@link longestMissingMs}. */
  missingMs: number;
  missing: string[];
};

export type RunResult = {
  run: number;
  killed: readonly KillTarget[];
  findings: Findings;
  /** From the kill until all was well again, of each kill after which the run went on. */
  recoveryMs: readonly number[];
};

export type ChaosFigures = {
  runs: number;
  kills: number;
  eventsLost: number;
  eventsDoubled: number;
  unplayable: number;
  maxMissingMs: number;
  wrongStates: number;
  orphans: number;
};

/** Of what was received before a kill, so much may be missing in a recording. */
export const MOST_MISSING_MS = 1000;

export const nothingFound = (): Findings => ({
  eventsLost: [],
  eventsDoubled: [],
  unplayable: [],
  wrongStates: [],
  orphans: [],
  missingMs: 0,
  missing: [],
});

export function figuresOf(results: readonly RunResult[]): ChaosFigures {
  const sum = (count: (result: RunResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  return {
    runs: results.length,
    kills: sum(({ killed }) => killed.length),
    eventsLost: sum(({ findings }) => findings.eventsLost.length),
    eventsDoubled: sum(({ findings }) => findings.eventsDoubled.length),
    unplayable: sum(({ findings }) => findings.unplayable.length),
    maxMissingMs: Math.round(Math.max(0, ...results.map(({ findings }) => findings.missingMs))),
    wrongStates: sum(({ findings }) => findings.wrongStates.length),
    orphans: sum(({ findings }) => findings.orphans.length),
  };
}

/** Whether the figures are as they have to be. */
export function isAsPromised(figures: ChaosFigures): boolean {
  const { eventsLost, eventsDoubled, unplayable, wrongStates, orphans, maxMissingMs } = figures;
  return (
    eventsLost + eventsDoubled + unplayable + wrongStates + orphans === 0 && maxMissingMs <= MOST_MISSING_MS
  );
}

/** Every defect of a run in a line of its own, with the figure it is counted in. */
export function defectsOf({ findings }: RunResult): string[] {
  const { missingMs, missing, ...counted } = findings;
  return [
    ...Object.entries(counted).flatMap(([figure, defects]) =>
      defects.map((defect) => `${figure}: ${defect}`),
    ),
    ...(missingMs > MOST_MISSING_MS ? missing.map((defect) => `maxMissingMs: ${defect}`) : []),
  ];
}
