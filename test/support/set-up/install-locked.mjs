import { run } from './run.mjs';

/**
 * Installs what a folder's package-lock.json names, and changes no file of the project.
 *
 * Not `npm ci`: that refuses a lockfile that leaves out other platforms' optional packages, and a registry
 * that mirrors one platform only makes such lockfiles. Install scripts are not run: hardly any is needed,
 * and some want to compile or download.
 */
export async function installLocked(label, { cwd, env }) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  await run(label, 'npm', ['install', '--no-save', '--ignore-scripts', ...quiet], { cwd, env });
}
