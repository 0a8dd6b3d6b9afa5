import { describe, expect, it } from 'vitest';
import { eventTypes, graphEventTypes, graphStepTypes } from '../../../../runtime/contract/index.ts';
import { eventTexts } from '../../../../runtime/graph/documents/event-texts.ts';
import type { JsonSchema } from '../../../../runtime/graph/documents/told-schema.ts';
import { graphDocumentSchema } from '../../../../runtime/graph/index.ts';

const schema = graphDocumentSchema();
const definitions = schema['$defs'] as Record<string, JsonSchema>;

/** Every property in a schema, by its way through it. */
function propertiesOf(part: JsonSchema, way: string): [string, JsonSchema][] {
  return [
    ...Object.entries(part.properties ?? {}).flatMap(([name, property]): [string, JsonSchema][] => [
      [`${way}.${name}`, property],
      ...propertiesOf(property, `${way}.${name}`),
    ]),
    ...(part.items ? propertiesOf(part.items, `${way}[]`) : []),
    ...(part.anyOf ?? []).flatMap((branch) => propertiesOf(branch, way)),
  ];
}

describe('the published schema', () => {
  it('has a node for each event that a graph can wait for and each step that it can start', () => {
    expect(Object.keys(definitions).sort()).toEqual(
      [
        'condition',
        ...graphEventTypes.map((type) => `on-${type}`),
        ...graphStepTypes.map((type) => `do-${type}`),
      ].sort(),
    );
  });

  it('describes every node and every property, for editors to show', () => {
    const bare = [
      ...propertiesOf(schema, 'document'),
      ...Object.entries(definitions).flatMap(([name, part]) => [
        [name, part] as [string, JsonSchema],
        ...propertiesOf(part, name),
      ]),
    ]
      .filter(([, { description }]) => typeof description !== 'string' || description === '')
      .map(([way]) => way);
    expect(bare).toEqual([]);
  });

  it('names of a type of event only what it tells, and only scopes that it has', () => {
    expect(Object.keys(definitions['on-room-created']?.properties?.['where']?.properties ?? {})).toEqual([
      'roomId',
      'meetingId',
    ]);
    expect(definitions['on-room-created']?.properties?.['scope']?.enum).toEqual(['room']);
    expect(definitions['on-track-published']?.properties?.['scope']?.enum).toEqual([
      'room',
      'session',
      'participant',
      'track',
    ]);
  });

  it('says when each event is told', () => {
    expect(Object.keys(eventTexts).sort()).toEqual([...eventTypes].sort());
  });
});
