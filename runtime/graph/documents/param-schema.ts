import { PlayBody, referencePattern, stepParams, type StepType } from '../../contract/index.ts';
import { plain, type JsonSchema } from './told-schema.ts';

const { tap, compose, record, rtmp, hls, transcribe } = stepParams;

/**
 * The params that step nodes take. They are the step type's own but for two: a tap may leave its participant to the
 * event, and a play is asked for as `POST /v2/rooms/:roomId/plays` takes it, whose step names files of the runtime.
 */
const nodeParams: Partial<Record<StepType, JsonSchema>> = {
  tap: { ...ofParticipant(plain(tap)), required: [] },
  compose: plain(compose),
  record: ofParticipant(plain(record)),
  rtmp: plain(rtmp),
  hls: plain(hls),
  transcribe: plain(transcribe),
  play: plain(PlayBody),
};

function ofParticipant(schema: JsonSchema): JsonSchema {
  const participantId = {
    ...schema.properties?.['participantId'],
    description: 'Of whom; left out: of the participant of the event, or of the tap that feeds it',
  };
  return { ...schema, properties: { ...schema.properties, participantId } };
}

const reference: JsonSchema = {
  type: 'string',
  pattern: referencePattern,
  description: 'A reference such as $joined.participantId',
};

const made = new Map<StepType, JsonSchema>();

/** What `with` of a step node may hold: the params of its type, where each single value may also be a reference. */
export function paramSchemaOf(type: StepType): JsonSchema {
  const known = made.get(type);
  if (known) {
    return known;
  }
  const schema = nodeParams[type] ?? { type: 'object', properties: {}, additionalProperties: false };
  const whole = { ...orReference(schema), description: 'Params of the step' };
  made.set(type, whole);
  return whole;
}

/** The same schema with a reference allowed wherever a single value stands. */
function orReference(schema: JsonSchema): JsonSchema {
  const { properties, items, anyOf, description } = schema;
  if (properties) {
    return {
      ...schema,
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, orReference(property)]),
      ),
    };
  }
  if (items) {
    return { ...schema, items: orReference(items) };
  }
  const branches = anyOf
    ? withChoices(anyOf)
    : [schema.pattern === undefined ? withoutDescription(schema) : schema];
  const isSingle = branches.some(({ type }) => type !== undefined && type !== 'object' && type !== 'array');
  const isText = branches.every(({ type }) => type === 'string');
  return isSingle
    ? {
        ...(description === undefined ? {} : { description }),
        // Known to be texts, a list of them is looked through for doubles in one pass.
        ...(isText ? { type: 'string' } : {}),
        anyOf: [...branches.map((branch) => (branch.properties ? orReference(branch) : branch)), reference],
      }
    : schema;
}

/** Words to choose from as one list, which editors offer, and the branches that are none. */
function withChoices(branches: readonly JsonSchema[]): JsonSchema[] {
  const words = branches.flatMap((branch) => (branch.const === undefined ? [] : [branch.const]));
  const others = branches.filter((branch) => branch.const === undefined);
  return [...(words.length > 0 ? [{ type: 'string', enum: words }] : []), ...others];
}

function withoutDescription({ description: _description, ...schema }: JsonSchema): JsonSchema {
  return schema;
}
