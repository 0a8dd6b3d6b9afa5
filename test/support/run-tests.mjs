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

const checks = [
  ['eslint', '.'],
  ['prettier', '--check', '--log-level', 'warn', '.'],
  ['depcruise', '--config', '.dependency-cruiser.cjs', 'runtime', 'nodes', 'credentials'],
  ['tsc', '-p', 'tsconfig.json'],
  ['tsc', '-p', 'runtime/tsconfig.json'],
  ['tsc', '-p', 'runtime/web/tsconfig.json'],
  ['tsc', '-p', 'test/tsconfig.json'],
  ['rollup', '--config', '--silent'],
  ['eslint', '--config', 'eslint.dist.config.mjs', 'dist', 'package.json'],
];

/** One after another: tests that measure must not share the machine with others. */
const projects = ['unit', 'integration', 'e2e'];

const ENDING = ['SIGINT', 'SIGTERM'];

const totals = { passed: 0, failed: 0 };

if (await orExplain(() => setUp({ built: false, forTests: true }))) {
  for (const [tool, ...args] of checks) {
    if ((await runTool(tool, args)) !== 0) {
      totals.failed += 1;
      process.stdout.write(`failed: ${tool} ${args.join(' ')}\n`);
    }
  }
  for (const project of projects) {
    const { passed, failed } = await runProject(project);
    totals.passed += passed;
    totals.failed += failed;
  }
} else {
  totals.failed += 1;
}

process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed\n`);
process.exitCode = totals.failed === 0 ? 0 : 1;

async function runProject(project) {
  const report = inRoot(`artifacts/tests-${project}.json`);
  mkdirSync(inRoot('artifacts'), { recursive: true });
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await runTool('vitest', ['run', '--project', project, ...reporters]);
  const counts = existsSync(report)
    ? countTests(JSON.parse(readFileSync(report, 'utf8')))
    : { passed: 0, failed: 0 };
  // An error outside of any test, or a runner that died, must not look like success.
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function runTool(tool, args) {
  process.stdout.write(`\n> ${tool} ${args.join(' ')}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(inRoot('node_modules/.bin', tool), args, {
      cwd: root,
      env: projectEnvironment(),
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const endWithMe = (signal) => {
      child.kill(signal);
      child.once('exit', () => process.exit(1));
    };
    for (const signal of ENDING) {
      process.on(signal, endWithMe);
    }
    child.once('error', reject);
    child.once('exit', (code) => {
      for (const signal of ENDING) {
        process.off(signal, endWithMe);
      }
      resolve(code ?? 1);
    });
  });
}
