import type { GraphCondition } from '../../contract/index.ts';
import { readExpression } from './expression.ts';
import { knownOf, type Item, type Known } from './item.ts';
import type { WorkflowNode } from './workflow.ts';

export type Where = Readonly<Record<string, GraphCondition>>;

/** What it takes of an event to go one way of an If or Filter. */
export type Narrowing =
  { kind: 'where'; where: Where } | { kind: 'never' } | { kind: 'cannot'; reason: string };

type Items = { incoming: Item; byNode: ReadonlyMap<string, Item> };
/** One comparison, as all versions of the nodes mean it. */
type Comparison = { left: Known; operation: string; right: Known; ignoresCase: boolean };
type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Version 1 names operations by the type of what is compared; `equal` is what is left out. */
const versionOneTypes = ['string', 'number', 'boolean'];

function comparisonsOf(node: WorkflowNode, items: Items): { all: Comparison[]; isAnd: boolean } {
  const known = (value: unknown): Known => knownOf(readExpression(value), items);
  const conditions = fieldsOf(node.parameters['conditions']);
  if (node.typeVersion < 2) {
    const all = versionOneTypes.flatMap((type) =>
      listOf(conditions[type]).map((entry) => {
        const { value1, value2, operation } = fieldsOf(entry);
        const name = textOf(operation);
        return {
          left: known(value1),
          operation: name === '' || name === 'equal' ? 'equals' : name,
          right: known(value2),
          ignoresCase: false,
        };
      }),
    );
    const combined = node.parameters['combineOperation'] ?? node.parameters['combineConditions'];
    return { all, isAnd: combined !== 'any' && combined !== 'OR' };
  }
  const { caseSensitive } = fieldsOf(conditions['options']);
  const all = listOf(conditions['conditions']).map((entry) => {
    const { leftValue, rightValue, operator } = fieldsOf(entry);
    return {
      left: known(leftValue),
      operation: textOf(fieldsOf(operator)['operation']),
      right: known(rightValue),
      ignoresCase: caseSensitive === false,
    };
  });
  return { all, isAnd: conditions['combinator'] !== 'or' };
}

const patterns: Readonly<Record<string, (text: string) => string>> = {
  contains: (text) => `*${text}*`,
  startsWith: (text) => `${text}*`,
  endsWith: (text) => `*${text}`,
};

/** `['metaData', 'role']` and `host` → `{ metaData: { role: 'host' } }` */
function nested(path: readonly string[], condition: GraphCondition): Where {
  const [key = '', ...rest] = path;
  return { [key]: rest.length === 0 ? condition : nested(rest, condition) };
}

function valueOf({ operation, right }: Comparison): { value: GraphCondition } | { reason: string } {
  if (operation === 'true' || operation === 'false') {
    return { value: operation === 'true' };
  }
  if (right.kind !== 'literal') {
    return { reason: 'it compares with something that is not written in it' };
  }
  const { value } = right;
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (!isPlain) {
    return { reason: 'it compares with something else than a text, a number or yes and no' };
  }
  if (typeof value === 'string' && value.includes('*')) {
    return { reason: `in a graph the star of “${value}” stands for any text` };
  }
  if (operation === 'equals') {
    return { value };
  }
  const pattern = patterns[operation];
  return pattern === undefined || typeof value !== 'string'
    ? { reason: `a graph has no counterpart of its comparison ${operation}` }
    : { value: pattern(value) };
}

function narrowingOf(comparison: Comparison): Narrowing {
  const { left, ignoresCase } = comparison;
  const found = valueOf(comparison);
  if ('reason' in found) {
    return { kind: 'cannot', reason: found.reason };
  }
  if (ignoresCase && typeof found.value === 'string' && /\p{Letter}/u.test(found.value)) {
    return { kind: 'cannot', reason: 'it does not tell upper from lower case, and a graph does' };
  }
  if (left.kind === 'literal') {
    return left.value === found.value ? { kind: 'where', where: {} } : { kind: 'never' };
  }
  return left.kind === 'event'
    ? { kind: 'where', where: nested(left.path, found.value) }
    : {
        kind: 'cannot',
        reason: left.kind === 'unknown' ? left.reason : 'it looks at a step, not at the event',
      };
}

/**
 * Both conditions at once. Two that ask for something of one and the same key cannot be said, unless they are objects.
 */
export function both(one: Where, other: Where): Where | null {
  const joined: Record<string, GraphCondition> = { ...one };
  for (const [key, condition] of Object.entries(other)) {
    const before = joined[key];
    if (before === undefined || JSON.stringify(before) === JSON.stringify(condition)) {
      joined[key] = condition;
    } else if (isNested(before) && isNested(condition)) {
      const inner = both(before, condition);
      if (inner === null) {
        return null;
      }
      joined[key] = inner;
    } else {
      return null;
    }
  }
  return joined;
}

const isNested = (condition: GraphCondition): condition is Where =>
  typeof condition === 'object' && condition !== null && !Array.isArray(condition);

const asksTwice: Narrowing = { kind: 'cannot', reason: 'it asks for two things of one value' };

function conjunction(parts: readonly Narrowing[]): Narrowing {
  let where: Where = {};
  for (const part of parts) {
    if (part.kind !== 'where') {
      return part;
    }
    const joined = both(where, part.where);
    if (joined === null) {
      return asksTwice;
    }
    where = joined;
  }
  return { kind: 'where', where };
}

/** One of several values of the same key. */
function disjunction(parts: readonly Narrowing[]): Narrowing {
  const possible = parts.filter((part) => part.kind !== 'never');
  const keys = new Set<string>();
  const values: (string | number | boolean | null)[] = [];
  for (const part of possible) {
    const entries = part.kind === 'where' ? Object.entries(part.where) : [];
    const [key, value] = entries[0] ?? [];
    if (key === undefined || value === undefined || (typeof value === 'object' && value !== null)) {
      return part.kind === 'cannot' ? part : { kind: 'cannot', reason: 'it takes one of several conditions' };
    }
    keys.add(key);
    values.push(value);
  }
  if (keys.size > 1) {
    return { kind: 'cannot', reason: 'it takes one of several conditions, of different values' };
  }
  const [key] = keys;
  return key === undefined ? { kind: 'never' } : { kind: 'where', where: { [key]: values } };
}

/** The other way of an If: of a single question that is answered by yes or no. */
function opposite({ where }: { where: Where }): Narrowing {
  const [[key, value] = ['', undefined], ...rest] = Object.entries(where);
  return typeof value === 'boolean' && rest.length === 0
    ? { kind: 'where', where: { [key]: !value } }
    : { kind: 'cannot', reason: 'a graph says what an event must be, not what it must not be' };
}

/** What an event must be to leave an If or Filter by an output: 0 when its conditions hold, 1 when they do not. */
export function narrowedBy(node: WorkflowNode, output: number, items: Items): Narrowing {
  const { all, isAnd } = comparisonsOf(node, items);
  const parts = all.map(narrowingOf);
  const holds = parts.length === 1 || isAnd ? conjunction(parts) : disjunction(parts);
  if (output === 0) {
    return holds;
  }
  switch (holds.kind) {
    case 'where':
      return opposite(holds);
    case 'never':
      return { kind: 'where', where: {} };
    default:
      return holds;
  }
}
