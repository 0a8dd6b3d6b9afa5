import { readExpression } from './expression.ts';
import { knownOf, type Item, type Known } from './item.ts';
import type { WorkflowNode } from './workflow.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A value as a document says it, or nothing. */
export type Carried = { value: unknown } | null;

/**
 * Reads the parameters of a node. What a graph cannot say is left out of the answers and kept in `notes`, in words for
 * the person who reads what was not carried over.
 */
export type Parameters = {
  /** A choice from a list; null when an expression makes it. */
  choice(name: string, otherwise: string): string | null;
  /** True when it is switched on. */
  isOn(name: string, otherwise: boolean): boolean;
  /** A value of any kind, references in it as the document writes them; null when it is left out or empty. */
  value(path: string): Carried;
  /** The id that a picker holds; null when it is empty. `otherwise`: what n8n takes for a field that is left out. */
  picked(path: string, otherwise?: string): Carried;
  /** What a field stands for, before it is put into words. */
  known(path: string, otherwise?: string): Known;
  /** `anna, ben` as the values that commas or lines separate. */
  list(path: string): string[];
  /** The entries of a list, each to be read as parameters. */
  entries(path: string): Parameters[];
  note(reason: string): void;
  readonly notes: readonly string[];
};

const at = (fields: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, key)
          ? (value as Fields)[key]
          : undefined,
      fields,
    );

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** A resource locator, or a plain value: the id alone. A link is that of a room. */
function pickedValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('value' in value)) {
    return value;
  }
  const isLink = 'mode' in value && value.mode === 'url' && typeof value.value === 'string';
  return isLink && !String(value.value).startsWith('=')
    ? (/\/(?:join|watch)\/([A-Za-z0-9][A-Za-z0-9_-]{2,63})/.exec(String(value.value))?.[1] ?? value.value)
    : value.value;
}

/** As a document writes it: a text that begins with a dollar sign is no reference. */
const literally = (value: unknown): unknown =>
  typeof value === 'string' && value.startsWith('$') ? `$${value}` : value;

/**
 * @param place.eventId of the event node that starts the step, which references begin with
 * @param place.above step nodes that feed it, to which it may refer as well
 */
export function parametersOf(
  node: Pick<WorkflowNode, 'parameters'>,
  place: {
    eventId: string;
    above: readonly string[];
    items: { incoming: Item; byNode: ReadonlyMap<string, Item> };
  },
  notes: string[] = [],
): Parameters {
  const note = (reason: string): void => {
    if (!notes.includes(reason)) {
      notes.push(reason);
    }
  };
  const knownAs = (value: unknown): Known => knownOf(readExpression(value), place.items);

  function carry(value: unknown, name: string): unknown {
    if (Array.isArray(value)) {
      return value.map((entry) => carry(entry, name)).filter((entry) => entry !== undefined);
    }
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value).flatMap(([key, inner]) => {
          const carried = carry(inner, `${name}.${key}`);
          return carried === undefined ? [] : [[key, carried]];
        }),
      );
    }
    const known = knownAs(value);
    switch (known.kind) {
      case 'literal':
        return literally(known.value);
      case 'event':
        return `$${place.eventId}.${known.path.join('.')}`;
      case 'step':
        if (place.above.includes(known.nodeId)) {
          return `$${known.nodeId}.${known.key}`;
        }
        note(`its field ${name} takes ${known.key} of a step that does not feed it`);
        return undefined;
      case 'unknown':
        note(`its field ${name} was left out: ${known.reason}`);
        return undefined;
      default:
        return known satisfies never;
    }
  }

  const carried = (value: unknown, name: string): Carried => {
    const found = isEmpty(value) ? undefined : carry(value, name);
    return isEmpty(found) ? null : { value: found };
  };
  const literal = (name: string): Known => knownAs(at(node.parameters, name));

  return {
    notes,
    note,
    choice(name, otherwise) {
      const known = literal(name);
      if (known.kind === 'literal' && (typeof known.value === 'string' || isEmpty(known.value))) {
        return isEmpty(known.value) ? otherwise : String(known.value);
      }
      note(`its field ${name} is an expression, and a document says what is done before it runs`);
      return null;
    },
    isOn(name, otherwise) {
      const known = literal(name);
      if (known.kind !== 'literal') {
        note(`its field ${name} is an expression, so ${otherwise ? 'on' : 'off'} was taken`);
        return otherwise;
      }
      return typeof known.value === 'boolean' ? known.value : otherwise;
    },
    value: (path) => carried(at(node.parameters, path), path),
    picked: (path, otherwise) => carried(pickedValue(at(node.parameters, path) ?? otherwise), path),
    known: (path, otherwise) => knownAs(pickedValue(at(node.parameters, path) ?? otherwise)),
    list(path) {
      const found = carried(at(node.parameters, path), path)?.value;
      return (typeof found === 'string' ? found : '')
        .split(/[,\n]/)
        .map((part) => part.trim())
        .filter((part) => part !== '');
    },
    entries(path) {
      const list = at(node.parameters, path);
      return (Array.isArray(list) ? list : []).map((entry: unknown) =>
        parametersOf(
          { parameters: typeof entry === 'object' && entry !== null ? (entry as Fields) : {} },
          place,
          notes,
        ),
      );
    },
  };
}
