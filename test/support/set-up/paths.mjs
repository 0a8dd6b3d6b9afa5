import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the project. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

export const inRoot = (...parts) => join(root, ...parts);

const installed = inRoot('node_modules/.bin');

/** Node 24, as the package `node` brings it. */
export const projectNode = inRoot('node_modules/.bin/node');

/** The environment in which `node` and every tool is the project's own. */
export const projectEnvironment = () => ({
  ...process.env,
  PATH: [installed, machinePath()].join(delimiter),
});

/**
 * The environment without the project's own Node, for npm: it may replace
 * the very program it would run on.
 */
export const machineEnvironment = () => ({ ...process.env, PATH: machinePath() });

const machinePath = () =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== installed)
    .join(delimiter);
