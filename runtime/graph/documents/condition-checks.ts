import { matchesPattern } from './condition.ts';
import { isRecord, type Draft, type DraftEvent } from './draft.ts';
import { nearest } from './nearest.ts';
import { listed, pointerTo, type Finding } from './problem.ts';
import {
  choicesOf,
  eventDataSchema,
  isFree,
  keysIn,
  schemaUnder,
  typesOf,
  wordsOf,
  branchesOf,
  type JsonSchema,
} from './told-schema.ts';

/** A pattern takes time by its length, however it is made. */
const LONGEST_PATTERN = 1000;
const MOST_CHOICES = 100;

/** Conditions that cannot hold: on what the event does not tell, or asking for what it never is. Pure. */
export function conditionFindings(draft: Draft): Finding[] {
  return [...draft.values()].flatMap((node) => (node.kind === 'event' ? findingsOf(node) : []));
}

function findingsOf({ type, raw, pointer }: DraftEvent): Finding[] {
  const { where } = raw;
  if (type === null || !isRecord(where)) {
    return [];
  }
  return keysChecked(where, eventDataSchema(type), pointerTo(pointer, 'where'));
}

function keysChecked(where: Record<string, unknown>, schema: JsonSchema, pointer: string): Finding[] {
  return Object.entries(where).flatMap(([key, condition]) => {
    const at = pointerTo(pointer, key);
    const under = schemaUnder(schema, key);
    if (under === null) {
      const known = keysIn(schema);
      return [
        invalid(
          at,
          `is a condition on something that the event does not tell. It tells: ${listed(known)}`,
          nearest(key, known),
        ),
      ];
    }
    return checked(condition, under, at);
  });
}

/** Depth is bounded by `size.ts`. */
function checked(condition: unknown, schema: JsonSchema, pointer: string): Finding[] {
  if (Array.isArray(condition)) {
    return choicesChecked(condition, schema, pointer);
  }
  const values = ofItems(schema);
  if (isRecord(condition)) {
    if (isFree(values)) {
      return keysChecked(condition, { patternProperties: { '': {} }, type: 'object' }, pointer);
    }
    return typesOf(values).has('object')
      ? keysChecked(condition, values, pointer)
      : [invalid(pointer, `asks for keys, and what is told here is ${wordsOf(typesOf(values))}`, null)];
  }
  return singleChecked(condition, values, pointer);
}

function choicesChecked(choices: readonly unknown[], schema: JsonSchema, pointer: string): Finding[] {
  if (choices.length === 0 || choices.length > MOST_CHOICES) {
    return [invalid(pointer, `must hold 1 to ${MOST_CHOICES} values, of which one must fit`, null)];
  }
  return choices.flatMap((choice, index) =>
    typeof choice === 'object' && choice !== null
      ? [
          invalid(
            pointerTo(pointer, index),
            'must be a single value: text, number, true, false or null',
            null,
          ),
        ]
      : singleChecked(choice, ofItems(schema), pointerTo(pointer, index)),
  );
}

function singleChecked(condition: unknown, schema: JsonSchema, pointer: string): Finding[] {
  if (typeof condition === 'string' && condition.length > LONGEST_PATTERN) {
    return [invalid(pointer, `is longer than ${LONGEST_PATTERN} characters`, null)];
  }
  if (isFree(schema)) {
    return [];
  }
  const types = typesOf(schema);
  const type = condition === null ? 'null' : typeof condition;
  if (!types.has(type)) {
    return [invalid(pointer, `never holds: what is told here is ${wordsOf(types)}`, null)];
  }
  const choices = choicesOf(schema)?.map(String) ?? null;
  if (
    choices &&
    typeof condition === 'string' &&
    !choices.some((choice) => matchesPattern(condition, choice))
  ) {
    return [
      invalid(
        pointer,
        `never holds: what is told here is one of ${choices.join(', ')}`,
        nearest(condition, choices),
      ),
    ];
  }
  return [];
}

/** Of a list, one item that fits suffices: a condition is on its items. */
function ofItems(schema: JsonSchema): JsonSchema {
  const branches = branchesOf(schema).map((branch) =>
    branch.type === 'array' ? (branch.items ?? {}) : branch,
  );
  return branches.length === 1 ? (branches[0] ?? {}) : { anyOf: branches };
}

const invalid = (pointer: string, message: string, suggestion: string | null): Finding => ({
  code: 'invalid-condition',
  pointer,
  message,
  suggestion,
});
