/**
 * `npm test`: the set-up, then every check there is, then one line `N passed, N failed` for programs to read.
 *
 * Everything runs even when an earlier check fails. A check that is no test (lint, types, build) counts as
 * one failure when it fails and is not counted otherwise.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { inRoot, projectEnvironment, root } from './set-up/paths.mjs';
import { orExplain, setUp } from './set-up/set-up.mjs';
import { countTests } from './test-counts.mjs';

/** Each a tool with its arguments, or several that need what the one before has made. */
const checks = [
  [['eslint', '.']],
  [
    ['rollup', '--config', '--silent'],
    ['eslint', '--config', 'eslint.dist.config.mjs', 'dist', 'package.json'],
  ],
  [['tsc', '-p', 'tsconfig.json']],
  [['tsc', '-p', 'runtime/tsconfig.json']],
  [['tsc', '-p', 'runtime/web/tsconfig.json']],
  [['tsc', '-p', 'test/tsconfig.json']],
  [['depcruise', '--config', '.dependency-cruiser.cjs', 'runtime', 'nodes', 'credentials']],
  [['prettier', '--check', '--log-level', 'warn', '.']],
];
/** Most of them keep one core busy, and none measures. */
const CHECKS_AT_A_TIME = 2;

/** One after another: tests that measure must not share the machine with others. */
const suites = [
  { name: 'unit', projects: ['unit'] },
  { name: 'integration', projects: ['integration', 'integration-waiting', 'integration-n8n'] },
  { name: 'e2e', projects: ['e2e'] },
];

const ENDING = ['SIGINT', 'SIGTERM'];

const totals = { passed: 0, failed: 0 };

if (await orExplain(() => setUp({ built: false, forTests: true }))) {
  await runChecks();
  for (const suite of suites) {
    const { passed, failed } = await runSuite(suite);
    totals.passed += passed;
    totals.failed += failed;
  }
} else {
  totals.failed += 1;
}

process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed\n`);
process.exitCode = totals.failed === 0 ? 0 : 1;

async function runChecks() {
  const waiting = [...checks];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      for (const [tool, ...args] of next) {
        if ((await runTool(tool, args, { inOnePiece: true })) !== 0) {
          totals.failed += 1;
          process.stdout.write(`failed: ${tool} ${args.join(' ')}\n`);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: CHECKS_AT_A_TIME }, lane));
}

async function runSuite({ name, projects }) {
  const report = inRoot(`artifacts/tests-${name}.json`);
  mkdirSync(inRoot('artifacts'), { recursive: true });
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await runTool('vitest', [
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    ...reporters,
  ]);
  const counts = existsSync(report)
    ? countTests(JSON.parse(readFileSync(report, 'utf8')))
    : { passed: 0, failed: 0 };
  // An error outside of any test, or a runner that died, must not look like success.
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** @param inOnePiece shows the output when the tool has ended, for tools that run beside others */
function runTool(tool, args, { inOnePiece = false } = {}) {
  const heading = `\n> ${tool} ${args.join(' ')}\n`;
  const output = [];
  if (!inOnePiece) {
    process.stdout.write(heading);
  }
  return new Promise((resolve, reject) => {
    const child = spawn(inRoot('node_modules/.bin', tool), args, {
      cwd: root,
      env: projectEnvironment(),
      stdio: inOnePiece ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    const endWithMe = (signal) => {
      child.kill(signal);
      child.once('exit', () => process.exit(1));
    };
    for (const signal of ENDING) {
      process.on(signal, endWithMe);
    }
    child.once('error', reject);
    // Not at "exit", when output may still be on its way.
    child.once('close', (code) => {
      if (inOnePiece) {
        process.stdout.write(heading);
        process.stdout.write(Buffer.concat(output));
      }
      for (const signal of ENDING) {
        process.off(signal, endWithMe);
      }
      resolve(code ?? 1);
    });
  });
}
