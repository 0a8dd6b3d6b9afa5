import { graphDocumentVersion, graphEventTypes, nodeIdPattern } from '../../contract/index.ts';
import { eventNodeSchema, stepNodeSchemas } from './node-schema.ts';
import type { JsonSchema } from './told-schema.ts';

/** More nodes than this are no graph that somebody has drawn. */
export const MAX_NODES = 256;

const single: JsonSchema = {
  anyOf: [{ type: 'string', maxLength: 1000 }, { type: 'number' }, { type: 'boolean' }, { type: 'null' }],
};
const condition: JsonSchema = {
  description:
    'The value itself, a pattern in which * stands for any text, a list of which one must fit, or an object of conditions on the keys of an object',
  anyOf: [
    ...(single.anyOf ?? []),
    { type: 'array', items: single, minItems: 1, maxItems: 100 },
    { type: 'object', additionalProperties: { $ref: '#/$defs/condition' } },
  ],
};

/** The properties of a document beside its nodes. */
const properties: Record<string, JsonSchema> = {
  $schema: {
    type: 'string',
    maxLength: 2000,
    description: 'Address of this schema, for editors: http://127.0.0.1:7890/v2/graphs/schema',
  },
  version: { const: graphDocumentVersion, description: 'Version of the document format' },
  name: { type: 'string', minLength: 1, maxLength: 200, description: 'Name of the graph' },
  description: { type: 'string', maxLength: 2000, description: 'What the graph is for' },
};
const required = ['version', 'name', 'nodes'];

/** The document without what is in its nodes: they are looked at one by one. */
export const shellSchema: JsonSchema = {
  type: 'object',
  properties: { ...properties, nodes: { type: 'object' } },
  required,
  additionalProperties: false,
};

/**
 * The JSON Schema of a graph document (draft 7), as editors take it to complete and to explain. It is written from the
 * contract: the data of events and the params of step types.
 */
export function graphDocumentSchema(): JsonSchema {
  const events = graphEventTypes.map((type) => [`on-${type}`, eventNodeSchema(type)] as const);
  const steps = stepNodeSchemas().map(([type, schema]) => [`do-${type}`, schema] as const);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Roomflow graph',
    description: 'What happens in meetings (on), and which steps run then (do)',
    type: 'object',
    properties: {
      ...properties,
      nodes: {
        type: 'object',
        description: 'Event nodes and step nodes by their names, which references begin with',
        propertyNames: { pattern: nodeIdPattern },
        minProperties: 1,
        maxProperties: MAX_NODES,
        additionalProperties: {
          description: 'An event node (on) or a step node (do)',
          anyOf: [...events, ...steps].map(([name]) => ({ $ref: `#/$defs/${name}` })),
        },
      },
    },
    required,
    additionalProperties: false,
    $defs: { condition, ...Object.fromEntries([...events, ...steps]) },
  };
}
