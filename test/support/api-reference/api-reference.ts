import { errorTable, eventSchemas, signallingMethods } from '../../../runtime/contract/index.ts';

type Schema = {
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
};
type Parameter = { name: string; in: string; required?: boolean; schema?: Schema; description?: string };
type Operation = {
  tags?: string[];
  summary?: string;
  description?: string;
  security?: unknown[];
  parameters?: Parameter[];
  requestBody?: { content?: Record<string, { schema?: Schema }> };
  responses?: Record<string, { content?: Record<string, { schema?: Schema }> }>;
};

/** The part of an OpenAPI document that the reference is written from. */
export type OpenApi = { paths: Record<string, Record<string, Operation>> };

const verbs = ['get', 'post', 'delete', 'patch', 'put'];

/** `docs/api.md`: every call, event, signalling method and error code, written from the schemas themselves. */
export function writeApiReference(openApi: OpenApi): string {
  return [
    '# API',
    '',
    '<!-- Written from the schemas by `npm run docs`; a test fails when it is out of date. -->',
    '',
    'Base address: `http://127.0.0.1:7890` unless configured otherwise. The running runtime serves the same as',
    'OpenAPI: a page at `/docs`, the document at `/docs/json`.',
    '',
    '`Authorization` takes the server key (`<data folder>/server.key`) or a JWT with VideoSDK’s claims, raw or as',
    '`Bearer`. Calls that VideoSDK v2 has keep its paths, keys and list shape `{pageInfo, data}`.',
    '',
    '## Calls',
    '',
    ...calls(openApi),
    '## Events',
    '',
    'One entry of the log: `{epoch, seq, id, type, roomId, sessionId, at, data}`. `data` holds:',
    '',
    '| type | data |',
    '|---|---|',
    ...Object.entries(eventSchemas).map(
      ([type, schema]) => `| \`${type}\` | ${keysOf(schema as Schema).join(', ')} |`,
    ),
    '',
    'Over WebSocket `GET /v2/events?cursor=…` sends `{"type":"event","event":…}`, after the replay one',
    '`{"type":"ready","cursor":…}`, and first of all `{"type":"reset",…}` when the cursor is of another log.',
    'A webhook’s body is `{webhookType, data}`; it is signed with `videosdk-signature` (RSA-SHA256 over the raw',
    'body, key at `/v2/public/rsa-public-key`) and with Standard Webhooks headers.',
    '',
    '## Signalling',
    '',
    'WebSocket `GET /v2/rooms/:roomId/signal?token=…`. A client sends `{id, method, data}` and gets `{id, data}` or',
    '`{id, error}`; the runtime sends `{event, data}`. `runtime/contract/signalling.ts` describes both directions.',
    '',
    '| method | data |',
    '|---|---|',
    ...Object.entries(signallingMethods).map(
      ([method, schema]) => `| \`${method}\` | ${keysOf(schema as Schema).join(', ') || '–'} |`,
    ),
    '',
    '## Errors',
    '',
    'Every refusal has the body `{statusCode, code, errorCode?, message, retryable, fault, details?}`.',
    '',
    '| code | HTTP | VideoSDK | retry helps | whose fault |',
    '|---|---|---|---|---|',
    ...Object.entries(errorTable).map(
      ([code, row]) =>
        `| \`${code}\` | ${row.status} | ${'videosdk' in row ? row.videosdk : ''} | ${row.retryable ? 'yes' : 'no'} | ${row.fault} |`,
    ),
    '',
  ].join('\n');
}

function calls(openApi: OpenApi): string[] {
  const byTag = new Map<string, string[]>();
  for (const [path, operations] of Object.entries(openApi.paths)) {
    for (const verb of verbs) {
      const operation = operations[verb];
      if (operation) {
        const tag = operation.tags?.[0] ?? 'other';
        byTag.set(tag, [...(byTag.get(tag) ?? []), ...call(verb, path, operation)]);
      }
    }
  }
  return [...byTag].flatMap(([tag, lines]) => [`### ${tag}`, '', ...lines]);
}

function call(verb: string, path: string, operation: Operation): string[] {
  const body = schemaIn(operation.requestBody?.content);
  const answer = schemaIn(operation.responses?.['200']?.content);
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  return [
    `**\`${verb.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}\`** ${operation.summary ?? ''}${operation.security ? '' : ' (no key needed)'}`,
    '',
    ...(operation.description ? [operation.description, ''] : []),
    ...(query.length > 0
      ? [
          `Query: ${query.map((parameter) => field(parameter.name, parameter.schema, parameter.required)).join(', ')}`,
          '',
        ]
      : []),
    ...(body ? [`Body: ${keysOf(body).join(', ')}`, ''] : []),
    ...(answer ? [`Answer: ${keysOf(answer).join(', ')}`, ''] : []),
  ];
}

function schemaIn(content: Record<string, { schema?: Schema }> | undefined): Schema | undefined {
  return Object.values(content ?? {})[0]?.schema;
}

function keysOf(schema: Schema): string[] {
  const object = schema.properties ? schema : schema.anyOf?.find((option) => option.properties);
  return Object.entries(object?.properties ?? {}).map(([name, property]) =>
    field(name, property, object?.required?.includes(name)),
  );
}

function field(name: string, schema: Schema | undefined, required: boolean | undefined): string {
  const values = valuesOf(schema);
  return `\`${name}${required ? '' : '?'}\`${values ? ` (${values})` : ''}`;
}

/** The words a field takes, when it takes only some. */
function valuesOf(schema: Schema | undefined): string {
  const options =
    schema?.enum ?? schema?.anyOf?.flatMap((option) => ('const' in option ? [option.const] : [])) ?? [];
  return options
    .map((option) => JSON.stringify(option))
    .join(' or ')
    .replaceAll('|', '\\|');
}
