import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { referencePattern } from '../../contract/index.ts';
import { isRecord } from './draft.ts';
import { nearest } from './nearest.ts';
import { listed, pointerTo, type Finding } from './problem.ts';
import { looksLikeReference } from './reference.ts';
import { typesOf, wordsOf, type JsonSchema } from './told-schema.ts';

const ajv = new Ajv({ allErrors: true, strict: true, verbose: true, allowUnionTypes: true });
addFormats(ajv);

export const compile = (schema: JsonSchema): ValidateFunction => ajv.compile(schema);

/** What ajv says of a value that stands at a pointer, one finding a cause; within `with` of a step it is about params. */
export function complaintsOf(validate: ValidateFunction, value: unknown, at: string): Finding[] {
  if (validate(value)) {
    return [];
  }
  return withoutAvalanches(validate.errors ?? []).map((error) => findingOf(error, at));
}

/**
 * Of a union, ajv tells why each branch does not fit. Kept is what is said of the branch that was meant, by the type of
 * the value; or where none is of its type, the union alone.
 */
function withoutAvalanches(errors: readonly ErrorObject[]): ErrorObject[] {
  /** Which branch of each union was meant, by the place of the union in the value and in the schema. */
  const meant = new Map<string, number>();
  for (const { keyword, instancePath, schemaPath, schema, data } of errors) {
    if (keyword === 'anyOf') {
      const type = typeNameOf(data);
      meant.set(
        placeOf(instancePath, schemaPath),
        (schema as readonly JsonSchema[]).findIndex(
          (branch) => !isReference(branch) && typesOf(branch).has(type),
        ),
      );
    }
  }
  return errors.filter(({ data, instancePath, schemaPath }) => {
    const own = meant.get(placeOf(instancePath, schemaPath));
    return (
      !looksLikeReference(data) &&
      (own === undefined || own < 0) &&
      unionsAround(schemaPath).every(([unionPath, branch]) =>
        prefixesOf(instancePath).every(
          (place) => (meant.get(placeOf(place, unionPath)) ?? branch) === branch,
        ),
      )
    );
  });
}

const placeOf = (instancePath: string, schemaPath: string): string => `${instancePath} ${schemaPath}`;

/** The unions that a schema lies in, and in which of their branches. */
function unionsAround(schemaPath: string): [unionPath: string, branch: number][] {
  return [...schemaPath.matchAll(/\/anyOf\/(\d+)\//g)].map(({ index, 1: branch }) => [
    schemaPath.slice(0, index + '/anyOf'.length),
    Number(branch),
  ]);
}

/** A JSON pointer and all that it leads through. */
function prefixesOf(pointer: string): string[] {
  const prefixes = [pointer];
  for (let end = pointer.lastIndexOf('/'); end >= 0; end = pointer.lastIndexOf('/', end - 1)) {
    prefixes.push(pointer.slice(0, end));
    if (end === 0) {
      break;
    }
  }
  return prefixes;
}

const typeNameOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

function findingOf(error: ErrorObject, at: string): Finding {
  const pointer = `${at}${error.instancePath}`;
  const isParam = /^\/nodes\/[^/]*\/with\//.test(`${pointer}/`);
  const { missingProperty, additionalProperty, allowedValues, allowedValue } = error.params;
  if (error.keyword === 'required' && typeof missingProperty === 'string') {
    return {
      code: isParam ? 'missing-param' : 'missing-property',
      pointer: pointerTo(pointer, missingProperty),
      message: missingMessage(error),
      suggestion: null,
    };
  }
  if (error.keyword === 'additionalProperties' && typeof additionalProperty === 'string') {
    const known = Object.keys(error.parentSchema?.['properties'] as object);
    return {
      code: isParam ? 'unknown-param' : 'unknown-property',
      pointer: pointerTo(pointer, additionalProperty),
      message: `is not known here. Known: ${listed(known)}`,
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

/** The words of a complaint. */
function messageOf({ keyword, params, schema, parentSchema, message = 'is not valid' }: ErrorObject): string {
  if (keyword === 'anyOf') {
    const branches = schema as readonly JsonSchema[];
    const types = branches.filter((branch) => !isReference(branch)).flatMap((branch) => [...typesOf(branch)]);
    return `must be ${wordsOf(types)}${branches.some(isReference) ? ', or a reference such as $joined.participantId' : ''}`;
  }
  if (keyword === 'pattern') {
    const pattern = String(params['pattern']);
    const description: unknown = parentSchema?.['description'];
    const begin = beginnings.get(pattern);
    return begin ?? (typeof description === 'string' ? `${message} (${description})` : message);
  }
  return keyword === 'type' ? `must be ${wordsOf([String(params['type'])])}` : message;
}

const beginnings = new Map([
  ['^https?://', 'must begin with http:// or https://'],
  ['^rtmps?://', 'must begin with rtmp:// or rtmps://'],
]);

const isReference = ({ pattern }: JsonSchema): boolean => pattern === referencePattern;
