import { Ajv, type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import { RoomflowError } from '../contract/index.ts';
import { ConfigSchema, secretKeys, type ConfigInput } from './schema.ts';
import type { Source } from './sources.ts';

const ajv = new Ajv({ allErrors: true, useDefaults: true, verbose: true });
addFormats(ajv);
const isConfig = ajv.compile<ConfigInput>(ConfigSchema);

/**
 * The merged sources as a valid configuration with its defaults filled in.
 *
 * @throws RoomflowError `invalid-config` that lists every error with its JSON pointer, received value and origin
 */
export function validated(source: Source): ConfigInput {
  const candidate: unknown = Object.fromEntries([...source].map(([key, { value }]) => [key, value]));
  if (isConfig(candidate)) {
    const contradictions = contradictionsIn(candidate, source);
    if (contradictions.length === 0) {
      return candidate;
    }
    throw refusal(contradictions);
  }
  const errors = isConfig.errors ?? [];
  const seen = new Set<string>();
  const details: { pointer: string; message: string }[] = [];
  for (const error of errors) {
    const detail = describe(error, source);
    // A union reports each of its branches: the first at a place says enough.
    if (!seen.has(detail.pointer)) {
      seen.add(detail.pointer);
      details.push(detail);
    }
  }
  throw refusal(details);
}

/** What a schema cannot say: values that are right by themselves and not together. */
function contradictionsIn(
  { udpPort, udpPortRange: range }: ConfigInput,
  source: Source,
): { pointer: string; message: string }[] {
  if (range === undefined) {
    return [];
  }
  const received = `${range.min}-${range.max}${originOf(source, 'udpPortRange')}`;
  if (range.min > range.max) {
    return [{ pointer: '/udpPortRange', message: `min must not be above max (received ${received})` }];
  }
  if (udpPort !== undefined) {
    const message = `set this or udpPort, not both (received ${received} and ${udpPort}${originOf(source, 'udpPort')})`;
    return [{ pointer: '/udpPortRange', message }];
  }
  return [];
}

function refusal(details: { pointer: string; message: string }[]): RoomflowError {
  const lines = details.map(({ pointer, message }) => `  ${pointer}: ${message}`).join('\n');
  return new RoomflowError('invalid-config', `The configuration is not valid:\n${lines}`, { details });
}

function describe(error: ErrorObject, source: Source): { pointer: string; message: string } {
  const surplus: unknown = error.params['additionalProperty'];
  if (typeof surplus === 'string') {
    const key = keyOf(`${error.instancePath}/${surplus}`);
    return {
      pointer: `${error.instancePath}/${surplus}`,
      message: `unknown key${originOf(source, key)}. Known: ${Object.keys(ConfigSchema.properties).join(', ')}`,
    };
  }
  const key = keyOf(error.instancePath);
  const literals = choices(error);
  const expected = literals === undefined ? (error.message ?? 'is not valid') : `must be one of ${literals}`;
  const received = secretKeys.has(key) ? 'a secret value' : JSON.stringify(error.data);
  return {
    pointer: error.instancePath,
    message: `${expected} (received ${received}${originOf(source, key)})`,
  };
}

/** The allowed words, when the failing schema is a union of literals. */
function choices(error: ErrorObject): string | undefined {
  const property: unknown = Object.entries(ConfigSchema.properties).find(
    ([key]) => `/${key}` === error.instancePath,
  )?.[1];
  if (
    typeof property !== 'object' ||
    property === null ||
    !('anyOf' in property) ||
    !Array.isArray(property.anyOf)
  ) {
    return undefined;
  }
  return property.anyOf.map((branch: { const?: unknown }) => String(branch.const)).join(', ');
}

const keyOf = (pointer: string): string => pointer.split('/')[1] ?? '';
const originOf = (source: Source, key: string): string => {
  const origin = source.get(key)?.origin;
  return origin === undefined ? '' : `, from ${origin}`;
};
