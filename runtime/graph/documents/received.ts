import { graphStepTypes } from '../../contract/index.ts';
import { HIDDEN_KEY } from '../../steps/index.ts';
import { keysOf } from './problem.ts';
import { valueAt } from './reference.ts';

const LONGEST_TEXT = 120;
const secretName = /key|secret|token|password/i;

/**
 * What stands at a pointer, as it may be shown: shortened, and without anything that may be a stream key. Objects and
 * lists are told by their size: what is wrong within them has a pointer of its own. Pure.
 */
export function receivedAt(document: unknown, pointer: string): string | number | boolean | null {
  const keys = keysOf(pointer);
  const value = valueAt(document, keys);
  if (Array.isArray(value)) {
    return `[…] (${value.length} ${value.length === 1 ? 'item' : 'items'})`;
  }
  switch (typeof value) {
    case 'number':
    case 'boolean':
      return mayHoldKey(document, keys) ? HIDDEN_KEY : value;
    case 'string':
      if (mayHoldKey(document, keys) || /^\s*rtmps?:/i.test(value)) {
        return HIDDEN_KEY;
      }
      return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value;
    case 'object': {
      if (value === null) {
        return null;
      }
      const size = Object.keys(value).length;
      return `{…} (${size} ${size === 1 ? 'key' : 'keys'})`;
    }
    default:
      return null;
  }
}

/**
 * Whether a stream key may stand there: under a name that says so, or anywhere among the outputs of a livestream and
 * where one may have slipped to, their names and places being easily mistyped.
 */
export function mayHoldKey(document: unknown, keys: readonly string[]): boolean {
  if (keys.some((key, index) => index > 1 && secretName.test(key))) {
    return true;
  }
  const [nodes, nodeId, property, param] = keys;
  if (nodes !== 'nodes' || nodeId === undefined || property === undefined) {
    return false;
  }
  const type = valueAt(document, ['nodes', nodeId, 'do']);
  // A type that is not known may be a livestream's, mistyped.
  const isOther =
    typeof type === 'string' && type !== 'rtmp' && graphStepTypes.some((known) => known === type);
  if (isOther || shownProperties.has(property)) {
    return false;
  }
  return property !== 'with' || (!shownParams.has(param ?? '') && keys.at(-1) !== 'outputId');
}

const shownProperties: ReadonlySet<string> = new Set([
  ...['on', 'scope', 'where', 'do', 'from', 'until', 'restart', 'description'],
]);
const shownParams: ReadonlySet<string> = new Set([
  'config',
  'participants',
  'transcription',
  'webhookUrl',
  'callbackUrl',
  'metadata',
]);
