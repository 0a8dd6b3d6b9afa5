import { Step, eventSchemas, type EventType } from '../../contract/index.ts';

/** The part of JSON Schema that the contract is written in. */
export type JsonSchema = {
  type?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  patternProperties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  required?: readonly string[];
  items?: JsonSchema;
  anyOf?: readonly JsonSchema[];
  oneOf?: readonly JsonSchema[];
  const?: unknown;
  enum?: readonly unknown[];
  $ref?: string;
  [keyword: string]: unknown;
};

/** What a node of the event type tells: the data of its event. */
export const eventDataSchema = (type: EventType): JsonSchema => plain(eventSchemas[type]);
/** What a step node tells: its step, as the API shows it. */
export const stepViewSchema: JsonSchema = plain(Step);

/** A schema as plain JSON, without the marks that TypeBox keeps for itself. */
export function plain(schema: object): JsonSchema {
  return JSON.parse(JSON.stringify(schema)) as JsonSchema;
}

/** The schemas that a value may have, unions taken apart. */
export const branchesOf = (schema: JsonSchema): readonly JsonSchema[] =>
  schema.anyOf ? schema.anyOf.flatMap(branchesOf) : [schema];

/** Whether anything may stand there: what is in it is not the contract's to say. */
export const isFree = (schema: JsonSchema): boolean =>
  branchesOf(schema).some(
    (branch) => branch.type === undefined && branch.const === undefined && branch.enum === undefined,
  );

/** The keys of an object that a schema names. */
export const keysIn = (schema: JsonSchema): string[] =>
  branchesOf(schema).flatMap((branch) => Object.keys(branch.properties ?? {}));

/** What lies under a key of values of this schema; null where nothing can. */
export function schemaUnder(schema: JsonSchema, key: string): JsonSchema | null {
  const found = branchesOf(schema).flatMap((branch): JsonSchema[] => {
    if (isFree(branch)) {
      return [{}];
    }
    if (branch.properties && Object.hasOwn(branch.properties, key)) {
      return [branch.properties[key] ?? {}];
    }
    if (branch.type === 'array') {
      return /^\d+$/.test(key) ? [branch.items ?? {}] : [];
    }
    return Object.values(branch.patternProperties ?? {});
  });
  return found.length === 0 ? null : found.length === 1 ? (found[0] ?? null) : { anyOf: found };
}

/** The JSON types that values of a schema have; empty when they may have any. */
export function typesOf(schema: JsonSchema): ReadonlySet<string> {
  if (isFree(schema)) {
    return new Set();
  }
  return new Set(
    branchesOf(schema).flatMap((branch) => {
      const { type } = branch;
      if (type !== undefined) {
        return [type === 'integer' ? 'number' : type];
      }
      return (branch.enum ?? [branch.const]).map((value) => (value === null ? 'null' : typeof value));
    }),
  );
}

const words: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

/** JSON types as they are called in messages. */
export const wordsOf = (types: Iterable<string>): string =>
  [...new Set(types)].map((type) => words[type] ?? type).join(' or ');

/** The only values that a schema takes, where it names them all; else null. */
export function choicesOf(schema: JsonSchema): readonly unknown[] | null {
  const choices = branchesOf(schema).map((branch) =>
    branch.const === undefined ? (branch.enum ?? null) : [branch.const],
  );
  return choices.some((values) => values === null) ? null : choices.flatMap((values) => values ?? []);
}
