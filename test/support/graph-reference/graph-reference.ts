import {
  errorTable,
  graphEventTypes,
  graphStepTypes,
  referencePattern,
  defaultScopeOf,
  type ErrorCode,
  type EventType,
  type StepType,
} from '../../../runtime/contract/index.ts';
import { graphDocumentSchema } from '../../../runtime/graph/index.ts';
import { stepTypeOf } from '../../../runtime/steps/index.ts';
import { eventsOf, errorsOf, feedsOf, ofAllSteps } from './step-facts.ts';

type Schema = {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
};

/** Params that several steps have alike: they are explained once. */
const shared = ['config', 'participants', 'transcription'] as const;

/** `docs/graph-steps.md`: every step type and every event of graph documents, written from the schemas themselves. */
export function writeGraphReference(): string {
  const definitions = graphDocumentSchema()['$defs'] as Record<string, Schema>;
  const paramsOf = (type: StepType): Schema => definitions[`do-${type}`]?.properties?.['with'] ?? {};
  const explained = Object.fromEntries(
    shared.map((name) => [name, paramsOf('hls').properties?.[name] ?? {}]),
  );
  return [
    '# Steps and events of graphs',
    '',
    '<!-- Written from the schemas by `npm run docs`; a test fails when it is out of date. -->',
    '',
    'What a [graph document](graph.md) can be made of. Wherever a param takes a single value it takes a reference too.',
    'Params with a star must be given.',
    '',
    `Steps: ${graphStepTypes.map((type) => `[${type}](#${type})`).join(', ')}. All of them tell ${told(ofAllSteps.events)},`,
    `and may fail to start with ${told(ofAllSteps.errors)}.`,
    '',
    ...graphStepTypes.flatMap((type) => section(type, definitions[`do-${type}`] ?? {}, paramsOf(type))),
    '## Shared params',
    '',
    ...shared.flatMap((name) => [
      `### ${name}`,
      '',
      `${explained[name]?.description ?? ''}.`,
      '',
      ...paramTable(explained[name] ?? {}),
    ]),
    '## Events',
    '',
    'What an event node can wait for. Conditions (`where`) and references take the keys; an instance stands for the',
    '*scope* unless the node says otherwise.',
    '',
    '| event | when | scope | keys |',
    '|---|---|---|---|',
    ...graphEventTypes.map((type) => eventRow(type, definitions[`on-${type}`] ?? {})),
    '',
  ].join('\n');
}

function section(type: StepType, { description = '' }: Schema, params: Schema): string[] {
  const { inputs = [], outputs = [] } = stepTypeOf(type) ?? {};
  const { fedBy, feeds } = feedsOf(type);
  const ports = (all: readonly { name: string; carries: string }[]): string =>
    all.map(({ name, carries }) => `\`${name}\` (${carries})`).join(', ') || 'none';
  return [
    `## ${type}`,
    '',
    `${description}.`,
    '',
    `- **In**: ${ports(inputs)}. Started by an event${fedBy.length > 0 ? `, or fed by ${told(fedBy)}` : ''}.`,
    `- **Out**: ${ports(outputs)}.${feeds.length > 0 ? ` Feeds ${told(feeds)}.` : ''}`,
    `- **Events**: ${told(eventsOf(type))}`,
    '',
    ...paramTable(params),
    '| error | retry helps | whose fault |',
    '|---|---|---|',
    ...errorsOf(type).map(errorRow),
    '',
  ];
}

const told = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

function errorRow(code: ErrorCode): string {
  const { retryable, fault } = errorTable[code];
  return `| \`${code}\` | ${retryable ? 'yes' : 'no'} | ${fault} |`;
}

function eventRow(type: EventType, { description = '', properties = {} }: Schema): string {
  const keys = Object.keys(properties['where']?.properties ?? {});
  return `| \`${type}\` | ${description} | ${defaultScopeOf(type)} | ${keys.join(', ')} |`;
}

function paramTable(schema: Schema): string[] {
  const rows = paramRows(schema, '');
  return rows.length === 0 ? [] : ['| param | takes | what it is |', '|---|---|---|', ...rows, ''];
}

/** A row for each param, and below it for what is in it; what several steps have alike is only named. */
function paramRows(schema: Schema, before: string): string[] {
  if (schema.items) {
    return paramRows(schema.items, before === '' ? '[].' : `${before.slice(0, -1)}[].`);
  }
  const object = schema.properties ? schema : schema.anyOf?.find(({ properties }) => properties);
  return Object.entries(object?.properties ?? {}).flatMap(([name, param]) => {
    const isShared = before === '' && shared.some((other) => other === name);
    const isNeeded = object?.required?.includes(name) === true;
    const what = cell(param.description ?? '');
    return [
      `| \`${before}${name}\`${isNeeded ? ' *' : ''} | ${isShared ? `[${name}](#${name})` : takes(param)} | ${what} |`,
      ...(isShared ? [] : paramRows(param, `${before}${name}.`)),
    ];
  });
}

/** What a param takes, in a few words. */
function takes(schema: Schema): string {
  if (schema.anyOf) {
    return schema.anyOf
      .filter(({ pattern }) => pattern !== referencePattern)
      .map(takes)
      .join(' or ');
  }
  const words = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (words) {
    return words.map((word) => `\`${String(word)}\``).join(', ');
  }
  const { minimum, maximum, minItems, maxItems, minLength, maxLength } = schema;
  switch (schema.type) {
    case 'array':
      return `list${between(minItems, maxItems)}`;
    case 'integer':
      return `whole number${between(minimum, maximum)}`;
    case 'number':
      return `number${between(minimum, maximum)}`;
    case 'string':
      return schema.format === 'uri' ? 'address' : `text${between(minLength, maxLength)}`;
    case 'boolean':
      return 'true or false';
    case 'object':
      return 'object';
    default:
      return 'anything';
  }
}

function between(least: number | undefined, most: number | undefined): string {
  if (most === undefined) {
    return least === undefined ? '' : `, at least ${least}`;
  }
  return least === undefined ? `, at most ${most}` : `, ${least} to ${most}`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
