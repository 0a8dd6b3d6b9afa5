import { chainAbove, type Chain, type Draft, type DraftNode, type DraftStep } from './draft.ts';
import { nearest } from './nearest.ts';
import { paramSchemaOf } from './param-schema.ts';
import { listed, pointerTo, type Finding } from './problem.ts';
import { mayHoldKey } from './received.ts';
import { looksLikeReference, referenceOf, type Reference } from './reference.ts';
import {
  choicesOf,
  eventDataSchema,
  isFree,
  keysIn,
  schemaUnder,
  stepViewSchema,
  typesOf,
  wordsOf,
  type JsonSchema,
} from './told-schema.ts';

/** What is wrong with the references in params: they lead nowhere, or to something that does not fit. Pure. */
export function referenceFindings(draft: Draft): Finding[] {
  return [...draft.values()].flatMap((node) => (node.kind === 'step' ? findingsOf(draft, node) : []));
}

function findingsOf(draft: Draft, step: DraftStep): Finding[] {
  const schema: JsonSchema | null = step.type === null ? null : paramSchemaOf(step.type);
  const document = { nodes: { [step.id]: step.raw } };
  const above = chainAbove(draft, step);
  return textsIn(step.params, schema).flatMap(({ keys, text, target }) => {
    const pointer = pointerTo(step.pointer, 'with', ...keys);
    const finding = problemOf(draft, above, text, target);
    if (finding === null) {
      return [];
    }
    return [
      mayHoldKey(document, ['nodes', step.id, 'with', ...keys])
        ? // Part of a stream key may be in what is said of it.
          { code: finding.code, pointer, message: unclearReference, suggestion: null }
        : { ...finding, pointer },
    ];
  });
}

const unclearReference =
  'begins with a dollar sign and is no reference to a node above; write $$ for the sign itself';

type Text = { keys: string[]; text: string; target: JsonSchema | null };

/** Every text that is meant as a reference, with what may stand in its place. Depth is bounded by `size.ts`. */
function textsIn(value: unknown, schema: JsonSchema | null, keys: string[] = []): Text[] {
  if (looksLikeReference(value)) {
    return [{ keys, text: value, target: schema }];
  }
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) =>
        textsIn(inner, schema && schemaUnder(schema, key), [...keys, key]),
      )
    : [];
}

type Problem = Omit<Finding, 'pointer'>;

function problemOf(
  draft: Draft,
  { nodes, isWhole }: Chain,
  text: string,
  target: JsonSchema | null,
): Problem | null {
  const reference = referenceOf(text);
  if (reference === null) {
    return dangling(
      'is no reference, which goes like $joined.participantId; for a text that begins with a dollar sign write $$',
      `$${text}`,
    );
  }
  const node = draft.get(reference.nodeId);
  if (node === undefined) {
    const known = isWhole ? nodes.map(({ id }) => id) : [...draft.keys()];
    const meant = nearest(reference.nodeId, known);
    return dangling(
      `points to no node of this document. Nodes above this one: ${listed(known)}`,
      meant && `$${[meant, ...reference.path].join('.')}`,
    );
  }
  if (isWhole && !nodes.includes(node)) {
    return dangling(
      `points to a node that is not above this one, so that it may have told nothing yet. Above are: ${listed(nodes.map(({ id }) => id))}`,
      sameOfEvent(nodes, reference),
    );
  }
  return problemOfPath(node, reference, target);
}

/** The same key of the event above, where it has one. */
function sameOfEvent(nodes: readonly DraftNode[], { path: [key, ...rest] }: Reference): string | null {
  const event = nodes.at(-1);
  const told = event && toldBy(event);
  return event && key !== undefined && told && schemaUnder(told, key)
    ? `$${[event.id, key, ...rest].join('.')}`
    : null;
}

function problemOfPath(node: DraftNode, reference: Reference, target: JsonSchema | null): Problem | null {
  let schema = toldBy(node);
  if (schema === null) {
    return null;
  }
  const passed = [node.id];
  for (const key of reference.path) {
    const under = schemaUnder(schema, key);
    if (under === null) {
      const known = keysIn(schema);
      const meant = nearest(key, known);
      return dangling(
        known.length > 0
          ? `points to "${key}", which $${passed.join('.')} does not have. It has: ${listed(known)}`
          : `points into $${passed.join('.')}, which holds nothing further`,
        meant && `$${[...passed, meant].join('.')}`,
      );
    }
    schema = under;
    passed.push(key);
  }
  return target === null || fits(schema, target)
    ? null
    : {
        code: 'reference-mismatch',
        message: `points to ${described(schema)}, and this takes ${described(target)}`,
        suggestion:
          target.items && fits(schema, target.items)
            ? JSON.stringify([`$${[node.id, ...reference.path].join('.')}`])
            : null,
      };
}

/** What a node has to tell; null where that cannot be known. */
function toldBy(node: DraftNode): JsonSchema | null {
  switch (node.kind) {
    case 'event':
      return node.type === null ? null : eventDataSchema(node.type);
    case 'step':
      return stepViewSchema;
    case 'broken':
      return null;
    default:
      return node satisfies never;
  }
}

/** Whether something of the one schema can be something of the other. */
function fits(told: JsonSchema, target: JsonSchema): boolean {
  if (isFree(told) || isFree(target)) {
    return true;
  }
  const wanted = choicesOf(withoutReference(target));
  const given = choicesOf(told);
  if (wanted !== null && given !== null) {
    return given.some((value) => wanted.includes(value));
  }
  const types = typesOf(withoutReference(target));
  return [...typesOf(told)].some((type) => types.has(type));
}

/** What a param takes by itself; the last branch is the reference. */
const withoutReference = (schema: JsonSchema): JsonSchema =>
  schema.anyOf ? { anyOf: schema.anyOf.slice(0, -1) } : schema;

function described(schema: JsonSchema): string {
  const own = schema.anyOf?.some(({ pattern }) => pattern !== undefined) ? withoutReference(schema) : schema;
  return choicesOf(own)?.map(String).join(', ') ?? wordsOf(typesOf(own));
}

const dangling = (message: string, suggestion: string | null): Problem => ({
  code: 'dangling-reference',
  message,
  suggestion,
});
