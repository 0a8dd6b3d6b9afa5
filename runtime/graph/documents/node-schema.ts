import { graphStepTypes, type EventType, type StepType } from '../../contract/index.ts';
import { eventTexts } from './event-texts.ts';
import { keysToldBy, scopesOf } from './event-facts.ts';
import { paramSchemaOf } from './param-schema.ts';
import { stepTexts } from './step-texts.ts';
import { eventDataSchema, schemaUnder, type JsonSchema } from './told-schema.ts';

const description: JsonSchema = {
  type: 'string',
  maxLength: 2000,
  description: 'For whoever reads the document; it has no effect',
};

const restart: JsonSchema = {
  type: 'object',
  description: 'What becomes of the step when it fails; left out: its failure lets the others go on (ignore)',
  properties: {
    policy: {
      enum: ['retry', 'ignore', 'stop-graph'],
      description:
        'retry: start it anew, with what it feeds, after a pause that doubles; ignore: the others go on; stop-graph: the instance ends as failed',
    },
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: 100,
      description: 'Of retry: how many times it is started anew; 3 when left out',
    },
    backoffMs: {
      type: 'integer',
      minimum: 100,
      maximum: 60_000,
      description:
        'Of retry: the first pause in milliseconds, which doubles up to a minute; 1000 when left out',
    },
    then: {
      enum: ['ignore', 'stop-graph'],
      description: 'Of retry: what happens after the last attempt; ignore when left out',
    },
  },
  required: ['policy'],
  additionalProperties: false,
};

/** A node that waits for events of one type. */
export function eventNodeSchema(type: EventType): JsonSchema {
  const data = eventDataSchema(type);
  return {
    type: 'object',
    description: eventTexts[type],
    properties: {
      on: { const: type, description: eventTexts[type] },
      scope: {
        enum: scopesOf(type),
        description:
          'What an instance stands for, and so when it ends: the room is closed, the session over, the participant or the track gone',
      },
      where: {
        type: 'object',
        description: 'Conditions on the data of the event; all must hold',
        properties: Object.fromEntries(
          keysToldBy(type).map((key) => [
            key,
            {
              $ref: '#/$defs/condition',
              description: schemaUnder(data, key)?.description ?? `Condition on ${key}`,
            },
          ]),
        ),
        additionalProperties: false,
      },
      description,
    },
    required: ['on'],
    additionalProperties: false,
  };
}

/** Any node that waits for an event, but for which event, and what may be asked of it: that is checked apart. */
export const eventShellSchema: JsonSchema = {
  type: 'object',
  properties: {
    on: {},
    scope: { enum: ['room', 'session', 'participant', 'track'] },
    where: { type: 'object' },
    description,
  },
  additionalProperties: false,
};

/** A node that starts steps of one type; null for a type that is not known: all but its params. */
export function stepNodeSchema(type: StepType | null): JsonSchema {
  const params = type === null ? { type: 'object' } : paramSchemaOf(type);
  return {
    type: 'object',
    ...(type === null ? {} : { description: stepTexts[type] }),
    properties: {
      do: type === null ? {} : { const: type, description: stepTexts[type] },
      from: {
        type: 'string',
        minLength: 1,
        maxLength: 130,
        description:
          'The event node that starts the step, or the tap or compose node that feeds it; tap.frames names the port too',
      },
      with: params,
      until: {
        type: 'string',
        minLength: 1,
        maxLength: 64,
        description: 'An event node: when it matches, the step and what it feeds is stopped',
      },
      restart,
      description,
    },
    required: ['do', 'from', ...((params.required ?? []).length > 0 ? ['with'] : [])],
    additionalProperties: false,
  };
}

export const stepNodeSchemas = (): [StepType, JsonSchema][] =>
  graphStepTypes.map((type) => [type, stepNodeSchema(type)]);
