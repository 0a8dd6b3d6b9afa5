import { seededRandom } from '../support/relay/index.ts';

/** What a run kills with SIGKILL; `everything` is control with all its children at the same moment. */
export const killTargets = ['control', 'worker', 'compositor', 'listener', 'ffmpeg', 'everything'] as const;
export type KillTarget = (typeof killTargets)[number];

/**
 * When a kill falls: just after the steps were asked for, while all of them run, or just after they were asked to
 * stop.
 */
export type KillPhase = 'starting' | 'running' | 'stopping';

export type Kill = {
  target: KillTarget;
  phase: KillPhase;
  /** After the phase has begun. */
  afterMs: number;
  /** How long the runtime stays down, when the kill takes it down. */
  downMs: number;
};

export type RunPlan = {
  /** Number of the run, from 1. */
  run: number;
  kills: readonly [Kill, ...Kill[]];
  /** How long everything runs on after each kill but one of the phase `stopping`. */
  goesOnMs: number;
  /** Whether the steps are stopped one by one, or end with their session. */
  endsBy: 'steps' | 'session';
};

const LONGEST_DOWN_MS = 2000;
const SECOND_KILL_SHARE = 0.25;
const STEPS_FIRST_SHARE = 0.5;
/** How far into a phase a kill may fall: steps take a second or two to start, and about one to stop. */
const phaseMs = { starting: 1500, running: 2500, stopping: 700 } as const satisfies Record<KillPhase, number>;
/** Also in turn: with ten turns of each target, six kills while all runs, and two at either end. */
const phaseTurns: readonly [KillPhase, ...KillPhase[]] = [
  'running',
  'starting',
  'running',
  'stopping',
  'running',
];

/**
 * What run number `run` of a seed does: the same for the same numbers, whichever runs are run beside it.
 *
 * Targets take turns, and each target's phases do, so that a few runs have had all of them; all else is drawn.
 *
 * @param targets in the order of their turns; not empty
 */
export function planOf(seed: number, run: number, targets: readonly KillTarget[]): RunPlan {
  // Neighbouring seeds of the generator give unlike numbers, so a run may have one of its own.
  const random = seededRandom(seed * 100_003 + run);
  const place = (run - 1) % targets.length;
  const turn = Math.floor((run - 1) / targets.length);
  // Another phase for each target, so that six runs have had all phases too.
  const phase = phaseTurns[(turn + place) % phaseTurns.length] ?? phaseTurns[0];
  const first = killOf(targets[place], phase, random);
  const hasSecond = first.phase !== 'stopping' && random() < SECOND_KILL_SHARE;
  const second = hasSecond ? [killOf(targets[Math.floor(random() * targets.length)], 'running', random)] : [];
  return {
    run,
    kills: [first, ...second],
    goesOnMs: Math.round(3000 + random() * 2000),
    endsBy: random() < STEPS_FIRST_SHARE ? 'steps' : 'session',
  };
}

function killOf(target: KillTarget | undefined, phase: KillPhase, random: () => number): Kill {
  if (target === undefined) {
    throw new RangeError('a plan needs at least one target');
  }
  return {
    target,
    phase,
    afterMs: Math.round(random() * phaseMs[phase]),
    downMs: Math.round(random() * LONGEST_DOWN_MS),
  };
}

/** One line that says what a run does, for progress and failures. */
export function describePlan({ kills, endsBy }: RunPlan): string {
  const parts = kills.map(({ target, phase, afterMs, downMs }) => {
    const down = takesControlDown(target) ? `, down ${downMs} ms` : '';
    return `${target} ${afterMs} ms into ${phase}${down}`;
  });
  return `kills ${parts.join(', then ')}; ends by ${endsBy}`;
}

/** Whether control has to be started again after the kill. */
export const takesControlDown = (target: KillTarget): boolean =>
  target === 'control' || target === 'everything';

/** Whether guests lose their media: everything that takes the worker with it. */
export const takesMediaDown = (target: KillTarget): boolean =>
  takesControlDown(target) || target === 'worker';
