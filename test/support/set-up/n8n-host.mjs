import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { inRoot, projectEnvironment } from './paths.mjs';
import { fingerprint, isStamped, writeStamp } from './fingerprint.mjs';
import { compilers, installSystemPackages } from './system-packages.mjs';
import { SetUpError, say } from './progress.mjs';
import { installLocked } from './install-locked.mjs';
import { run } from './run.mjs';

const source = inRoot('test/support/set-up/n8n');
const host = inRoot('.n8n-host');
const stamp = inRoot('.n8n-host/installed');
const files = ['package.json', 'package-lock.json'];

/**
 * The n8n that tests and the demo run against, in a folder of its own: it is 2.8 GB and wants other versions
 * of many packages than the project.
 */
export async function installN8nHost() {
  const wanted = fingerprint(
    files.map((file) => `${source}/${file}`),
    process.platform,
    process.arch,
  );
  if (isStamped(stamp, wanted)) {
    return;
  }
  mkdirSync(host, { recursive: true });
  rmSync(stamp, { force: true });
  for (const file of files) {
    cpSync(`${source}/${file}`, `${host}/${file}`);
  }
  const env = projectEnvironment();
  await installLocked('Installing n8n into .n8n-host (2.8 GB, 3 to 6 minutes)', { cwd: host, env });
  await buildDatabaseDriver(env);
  writeStamp(stamp, wanted);
}

/** sqlite3 downloads itself ready-made from GitHub, or compiles against the headers that Node brings along. */
async function buildDatabaseDriver(env) {
  const headers = `${host}/node_modules/node-${process.platform}-${process.arch}`;
  const withHeaders = {
    ...env,
    npm_config_jobs: 'max',
    ...(existsSync(`${headers}/include/node/node.h`) ? { npm_config_nodedir: headers } : {}),
  };
  const build = () =>
    run("Building n8n's database driver (about a minute)", 'npm', ['rebuild', 'sqlite3'], {
      cwd: host,
      env: withHeaders,
    });
  try {
    await build();
  } catch (error) {
    if (!(error instanceof SetUpError) || (await compilers.isThere())) {
      throw error;
    }
    say('The driver is not there ready-made and has to be compiled.');
    await installSystemPackages([compilers]);
    await build();
  }
}
