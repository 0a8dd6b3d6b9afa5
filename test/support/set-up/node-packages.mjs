import { existsSync, readFileSync } from 'node:fs';
import { installLocked } from './install-locked.mjs';
import { inRoot, machineEnvironment, projectNode, root } from './paths.mjs';
import { SetUpError } from './progress.mjs';
import { outputOf, run } from './run.mjs';

const WANTED_NODE_MAJOR = 24;

/** The packages of package-lock.json, and Node 24 among them. */
export async function installNodePackages() {
  if (!isInstalledAsLocked()) {
    await installLocked('Installing the npm packages (about a minute)', {
      cwd: root,
      env: machineEnvironment(),
    });
  }
  if (!(await isWantedNode())) {
    await run('Fetching Node 24', 'npm', ['rebuild', 'node'], { env: machineEnvironment() });
  }
  if (!(await isWantedNode())) {
    throw new SetUpError(
      `${projectNode} is not Node ${WANTED_NODE_MAJOR}. Remove node_modules and start again; ` +
        `if that does not help, npm may be told not to run the install script of the package "node".`,
    );
  }
}

/**
 * npm notes what it installed in node_modules/.package-lock.json, last of all. Compared package by package,
 * because `npm install` changes package-lock.json and node_modules together and nothing is stale then.
 */
function isInstalledAsLocked() {
  const noted = inRoot('node_modules/.package-lock.json');
  if (!existsSync(noted)) {
    return false;
  }
  const locked = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(noted, 'utf8')).packages;
  return Object.entries(locked)
    .filter(([path, { optional, link }]) => path.includes('node_modules/') && !optional && !link)
    .every(([path, { version }]) => installed[path]?.version === version);
}

async function isWantedNode() {
  const version = existsSync(projectNode) ? await outputOf(projectNode, ['--version']) : undefined;
  return version?.startsWith(`v${WANTED_NODE_MAJOR}.`) ?? false;
}
