/**
 * `npm run chaos -- --runs 60 --seed 1 --json`: kills parts of a busy runtime, or all of it, with SIGKILL at random
 * moments, and looks whether everything that was promised held. The last line of the standard output is one JSON
 * object of figures; with `--json` the standard output holds nothing else. Exits with 1 when a figure is not as
 * promised; each defect is told with its run, which `--seed S --only N` plays again.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { startReceiver } from '../integration/events/receiver.ts';
import { startRtmpServer } from '../support/rtmp/index.ts';
import { steadyGuest, talkingGuest } from './clips.ts';
import { defectsOf, figuresOf, isAsPromised, type RunResult } from './figures.ts';
import { UsageError, parseChaosOptions, type ChaosOptions } from './options.ts';
import { describePlan, planOf } from './plan.ts';
import { playRun } from './run.ts';
import { openStage, type Stage } from './stage.ts';

/** Logs of runtimes in whose runs something was not as promised. */
const logFolder = resolve(import.meta.dirname, '../../artifacts/chaos');

/** Defects that are told one by one; one cause may have hundreds. */
const MOST_TOLD = 30;

const stop = new AbortController();
const isStopped = (): boolean => stop.signal.aborted;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stop.abort(new Error(`Stopped by ${signal}`)));
}

try {
  await main(parseChaosOptions(process.argv.slice(2)));
} catch (error) {
  process.exitCode = 1;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${error instanceof UsageError ? error.message : text}\n`);
}
// Everything is taken down by now; connections that a kill has cut off in mid-handshake keep timers for minutes.
process.exit();

async function main(options: ChaosOptions): Promise<void> {
  const out = options.json ? process.stderr : process.stdout;
  const results = await playAll(options, (line) => void out.write(`${line}\n`));
  const figures = figuresOf(results);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.exitCode = isAsPromised(figures) && !isStopped() ? 0 : 1;
}

async function playAll(options: ChaosOptions, say: (line: string) => void): Promise<RunResult[]> {
  await using stack = new AsyncDisposableStack();
  const clips = { steady: await steadyGuest(), talking: await talkingGuest() };
  const rtmp = stack.use(await startRtmpServer());
  const receiver = stack.use(await startReceiver(() => ({ status: 200 })));
  const results: RunResult[] = [];
  let remaining = options.runs;
  while (remaining.length > 0 && !isStopped()) {
    await using stage = await openStage({ rtmp, receiver, clips });
    let isSound = true;
    while (isSound && remaining.length > 0 && !isStopped()) {
      const [run = 0, ...later] = remaining;
      remaining = later;
      const result = await playAndTell(run, options, stage, say);
      results.push(result);
      // What has gone wrong once is not to be found again in the runs after it.
      isSound = defectsOf(result).length === 0;
    }
  }
  return results;
}

async function playAndTell(
  run: number,
  { seed, runs, targets }: ChaosOptions,
  stage: Stage,
  say: (line: string) => void,
): Promise<RunResult> {
  const plan = planOf(seed, run, targets);
  const startedMs = performance.now();
  const result = await playRun(plan, stage);
  const defects = defectsOf(result);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const back = result.recoveryMs.map((ms) => (ms / 1000).toFixed(1)).join(' and ');
  const outcome = defects.length === 0 ? 'as promised' : `${defects.length} defects`;
  say(
    `run ${run} (${runs.indexOf(run) + 1} of ${runs.length}): ${describePlan(plan)}: ${outcome}, in ${seconds} s` +
      `${back === '' ? '' : `, well again after ${back} s`}, missing ${Math.round(result.findings.missingMs)} ms`,
  );
  if (defects.length > 0) {
    defects.slice(0, MOST_TOLD).forEach((defect) => say(`  ${defect}`));
    if (defects.length > MOST_TOLD) {
      say(`  and ${defects.length - MOST_TOLD} more`);
    }
    const log = resolve(logFolder, `seed-${seed}-run-${run}.log`);
    await mkdir(logFolder, { recursive: true });
    await writeFile(log, stage.runtime.output());
    say(`  again: --seed ${seed} --only ${run} --kill ${targets.join(',')}; the runtime's log: ${log}`);
  }
  return result;
}
