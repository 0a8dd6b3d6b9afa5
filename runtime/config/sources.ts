import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { RoomflowError } from '../contract/index.ts';
import { ConfigSchema } from './schema.ts';
import { valueFromText } from './text.ts';

/** Where one value came from, as people name it: a file, an environment variable, a flag. */
export type SourcedValue = { value: unknown; origin: string };
export type Source = Map<string, SourcedValue>;

const prefix = 'ROOMFLOW_';
// `ROOMFLOW_CONFIG` names the file. `ROOMFLOW_TEST_…` marks processes that tests start, the runtime among them.
const notKeys = /^ROOMFLOW_(CONFIG$|TEST_)/;
const properties: Readonly<Record<string, object>> = ConfigSchema.properties;

const camelCase = (name: string): string =>
  name.toLowerCase().replace(/[-_]+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const typed = (key: string, value: unknown): unknown => {
  const schema = properties[key];
  return schema !== undefined && typeof value === 'string' ? valueFromText(schema, value) : value;
};

/** `ROOMFLOW_DATA_DIRECTORY` → `dataDirectory`. An empty variable counts as not set, as in compose files. */
export function environmentSource(env: NodeJS.ProcessEnv): Source {
  const source: Source = new Map();
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(prefix) || notKeys.test(name) || text === undefined || text === '') {
      continue;
    }
    const key = camelCase(name.slice(prefix.length));
    source.set(key, { value: typed(key, text), origin: `environment variable ${name}` });
  }
  return source;
}

/** `--data-directory` or `dataDirectory`, as a flag parser leaves it. */
export function flagSource(flags: Readonly<Record<string, unknown>>): Source {
  const source: Source = new Map();
  for (const [name, value] of Object.entries(flags)) {
    if (name === 'config' || value === undefined) {
      continue;
    }
    const key = /[-_]/.test(name) ? camelCase(name) : name;
    source.set(key, { value: typed(key, value), origin: `flag --${name}` });
  }
  return source;
}

/**
 * The named file, or `roomflow.json` in `cwd` when it is there.
 *
 * @throws RoomflowError `invalid-config` when a named file is missing or is not a JSON object
 */
export function fileSource(cwd: string, named: string | undefined): Source {
  const path = resolve(cwd, named ?? 'roomflow.json');
  if (named === undefined && !existsSync(path)) {
    return new Map();
  }
  const origin = `file ${path}`;
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RoomflowError('invalid-config', `Cannot read the configuration ${origin}: ${why}`, { cause });
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new RoomflowError('invalid-config', `The configuration ${origin} must hold one JSON object.`);
  }
  return new Map(Object.entries(document).map(([key, value]: [string, unknown]) => [key, { value, origin }]));
}
