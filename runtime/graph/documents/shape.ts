import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import {
  graphDocumentVersion,
  graphEventTypes,
  graphStepTypes,
  nodeIdPattern,
} from '../../contract/index.ts';
import {
  MAX_NODES,
  eventDefinition,
  graphDocumentSchema,
  shellSchema,
  stepDefinition,
} from './document-schema.ts';
import { isRecord, type Draft, type DraftNode } from './draft.ts';
import { isGraphScope } from './event-facts.ts';
import { nearest } from './nearest.ts';
import { stepNodeSchema } from './node-schema.ts';
import { pointerTo, type Finding } from './problem.ts';
import { looksLikeReference } from './reference.ts';
import { typesOf, type JsonSchema } from './told-schema.ts';

const PUBLISHED = 'graph';
const ajv = new Ajv({ allErrors: true, strict: true, verbose: true, allowUnionTypes: true });
addFormats(ajv);
ajv.addSchema(graphDocumentSchema(), PUBLISHED);
const isShell = ajv.compile(shellSchema);
const isStepOfUnknownType = ajv.compile(stepNodeSchema(null));

/** What is wrong with a document but for its nodes; null when it is none that could be looked into. */
export function shellFindings(document: Record<string, unknown>): Finding[] {
  const { version } = document;
  if (typeof version === 'number' && version !== graphDocumentVersion) {
    // Everything else may mean something else there.
    return [
      {
        code: 'unsupported-version',
        pointer: '/version',
        message: `is a version that this runtime does not read; it reads version ${graphDocumentVersion}`,
        suggestion: String(graphDocumentVersion),
      },
    ];
  }
  return complaintsOf(isShell, document, '', { missing: 'missing-property', unknown: 'unknown-property' });
}

/** What is wrong with how many nodes there are, and with their names. */
export function nodeNameFindings(nodes: Record<string, unknown>): Finding[] {
  const ids = Object.keys(nodes);
  if (ids.length === 0) {
    return [
      {
        code: 'empty-graph',
        pointer: '/nodes',
        message: 'holds no node; a graph has at least an event node and a step node',
        suggestion: null,
      },
    ];
  }
  if (ids.length > MAX_NODES) {
    return [
      {
        code: 'invalid-value',
        pointer: '/nodes',
        message: `holds more than ${MAX_NODES} nodes; make several graphs of them`,
        suggestion: null,
      },
    ];
  }
  const pattern = new RegExp(nodeIdPattern);
  return ids
    .filter((id) => !pattern.test(id) || id in Object.prototype)
    .map((id) => ({
      code: 'invalid-node-id',
      pointer: pointerTo('/nodes', id),
      message:
        'has a name that references cannot begin with: a letter, then at most 63 letters, digits, _ and -, and none of the names that every object has',
      suggestion: properName(id, ids),
    }));
}

/** A name as near to the given one as names may be. */
function properName(id: string, taken: readonly string[]): string | null {
  const name = id
    .slice(0, 64)
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^[^A-Za-z]+/, '');
  return name === '' || name in Object.prototype || taken.includes(name) ? null : name;
}

/** What is wrong with the shape of the nodes, each looked at as what it says it is. */
export function nodeFindings(draft: Draft): Finding[] {
  return [...draft.values()].flatMap((node) => findingsIn(node));
}

function findingsIn(node: DraftNode): Finding[] {
  const { pointer, raw } = node;
  const codes = { missing: 'missing-property', unknown: 'unknown-property' } as const;
  switch (node.kind) {
    case 'broken':
      return [brokenNode(node)];
    case 'event':
      return node.type === null
        ? [unknownName('unknown-event', pointerTo(pointer, 'on'), raw['on'], graphEventTypes)]
        : complaintsOf(validatorOf(eventDefinition(node.type)), raw, pointer, codes).filter(
            // What a condition may ask for, and which scopes there are, is a matter of the event: other checks know
            // more of it.
            (finding) =>
              !finding.pointer.startsWith(`${pointer}/where/`) &&
              !(finding.pointer === `${pointer}/scope` && isGraphScope(raw['scope'])),
          );
    case 'step':
      return node.type === null
        ? [
            unknownName('unknown-step', pointerTo(pointer, 'do'), raw['do'], graphStepTypes),
            ...complaintsOf(isStepOfUnknownType, raw, pointer, codes),
          ]
        : complaintsOf(validatorOf(stepDefinition(node.type)), raw, pointer, codes);
    default:
      return node satisfies never;
  }
}

function brokenNode({ pointer, raw }: DraftNode): Finding {
  if (Object.keys(raw).length === 0) {
    return {
      code: 'invalid-value',
      pointer,
      message: 'must be an object: an event node (on) or a step node (do)',
      suggestion: null,
    };
  }
  return Object.hasOwn(raw, 'on')
    ? {
        code: 'invalid-value',
        pointer,
        message: 'is an event node (on) and a step node (do) at once; make two nodes of it',
        suggestion: null,
      }
    : {
        code: 'missing-property',
        pointer: pointerTo(pointer, 'do'),
        message: 'is missing: a node has on (which event it waits for) or do (which step it starts)',
        suggestion: null,
      };
}

function unknownName(
  code: 'unknown-event' | 'unknown-step',
  pointer: string,
  name: unknown,
  known: readonly string[],
): Finding {
  const suggestion = typeof name === 'string' ? nearest(name, known) : null;
  const message =
    code === 'unknown-step'
      ? `is no step that a graph can start. Known: ${known.join(', ')}`
      : 'is no event that a graph can wait for; GET /v2/graphs/schema names them all';
  return { code, pointer, message, suggestion };
}

function validatorOf(definition: string): ValidateFunction {
  const validator = ajv.getSchema(`${PUBLISHED}#/$defs/${definition}`);
  if (!validator) {
    throw new TypeError(`The schema of graph documents has no definition "${definition}".`);
  }
  return validator;
}

type Codes = { missing: 'missing-property'; unknown: 'unknown-property' };

/** What ajv says of a value, one finding a cause; within `with` of a step it is about params. */
function complaintsOf(validate: ValidateFunction, value: unknown, at: string, codes: Codes): Finding[] {
  if (validate(value)) {
    return [];
  }
  return withoutAvalanches(validate.errors ?? []).map((error) => findingOf(error, at, codes));
}

/**
 * Of a union, ajv tells why each branch does not fit. Kept is what is said of the branch that was meant, by the type of
 * the value; or where none is of its type, the union alone.
 */
function withoutAvalanches(errors: readonly ErrorObject[]): ErrorObject[] {
  let kept = errors.filter((error) => !looksLikeReference(error.data));
  for (const union of errors.filter(({ keyword }) => keyword === 'anyOf')) {
    const branches = union.schema as readonly JsonSchema[];
    const meant = branches.findIndex((branch) => typesOf(branch).has(typeNameOf(union.data)));
    const isInUnion = ({ schemaPath, instancePath }: ErrorObject): boolean =>
      schemaPath.startsWith(`${union.schemaPath}/`) && instancePath.startsWith(union.instancePath);
    const isMeant = ({ schemaPath }: ErrorObject): boolean =>
      schemaPath.startsWith(`${union.schemaPath}/${meant}/`);
    kept = kept.filter((error) =>
      error === union ? meant < 0 : !isInUnion(error) || (meant >= 0 && isMeant(error)),
    );
  }
  return kept;
}

const typeNameOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

function findingOf(error: ErrorObject, at: string, codes: Codes): Finding {
  const pointer = `${at}${error.instancePath}`;
  const isParam = /^\/nodes\/[^/]*\/with\//.test(`${pointer}/`);
  const { missingProperty, additionalProperty, allowedValues, allowedValue } = error.params;
  if (error.keyword === 'required' && typeof missingProperty === 'string') {
    return {
      code: isParam && pointer !== at ? 'missing-param' : codes.missing,
      pointer: pointerTo(pointer, missingProperty),
      message: missingMessage(error),
      suggestion: null,
    };
  }
  if (error.keyword === 'additionalProperties' && typeof additionalProperty === 'string') {
    const known = Object.keys(error.parentSchema?.['properties'] as object);
    return {
      code: isParam ? 'unknown-param' : codes.unknown,
      pointer: pointerTo(pointer, additionalProperty),
      message: `is not known here. Known: ${known.join(', ')}`,
      suggestion: nearest(additionalProperty, known),
    };
  }
  const code = isParam ? 'invalid-param' : 'invalid-value';
  const choices = Array.isArray(allowedValues)
    ? allowedValues.map(String)
    : error.keyword === 'const'
      ? [String(allowedValue)]
      : null;
  if (choices) {
    return {
      code,
      pointer,
      message: `must be one of ${choices.join(', ')}`,
      suggestion:
        typeof error.data === 'string'
          ? nearest(error.data, choices)
          : choices.length === 1
            ? (choices[0] ?? null)
            : null,
    };
  }
  return { code, pointer, message: messageOf(error), suggestion: null };
}

function missingMessage({ params, parentSchema }: ErrorObject): string {
  const properties: unknown = parentSchema?.['properties'];
  const property = isRecord(properties) ? properties[String(params['missingProperty'])] : undefined;
  const description = isRecord(property) ? property['description'] : undefined;
  return typeof description === 'string' ? `is missing: ${description}` : 'is missing';
}

/** The words of a complaint; patterns are explained by the description beside them. */
function messageOf(error: ErrorObject): string {
  if (error.keyword === 'anyOf') {
    const types = (error.schema as readonly JsonSchema[]).flatMap((branch) => [...typesOf(branch)]);
    return `must be ${[...new Set(types)].join(' or ')}`;
  }
  return error.message ?? 'is not valid';
}
