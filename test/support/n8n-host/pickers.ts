import { Type } from 'typebox';
import { expectAnswer } from './answer.ts';
import type { RestSession } from './rest-session.ts';
import type { CredentialReference } from './workflow-document.ts';

/** What the editor sends when a user opens a picker of a node. */
export type PickerCall = {
  nodeType: { name: string; version: number };
  /** The parameter the picker belongs to, for example `room`. */
  parameter: string;
  /** The node's method that fills it. */
  method: string;
  /** The values of the node's other parameters. */
  parameters?: Record<string, unknown>;
  credentials?: Record<string, CredentialReference>;
  /** What the user typed to search. */
  filter?: string;
  paginationToken?: string;
};

/** One entry of a picker. */
export type PickerEntry = {
  name: string;
  value: string | number | boolean;
  url?: string;
  description?: string;
};

const Entry = Type.Object({
  name: Type.String(),
  value: Type.Union([Type.String(), Type.Number(), Type.Boolean()]),
  url: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
});
const SearchResult = Type.Object({
  data: Type.Object({ results: Type.Array(Entry), paginationToken: Type.Optional(Type.Unknown()) }),
});
const Options = Type.Object({ data: Type.Array(Entry) });

/** The entries of a resource locator's "From list". */
export async function searchList(
  session: RestSession,
  call: PickerCall,
): Promise<{ results: PickerEntry[]; paginationToken?: unknown }> {
  const path = 'rest/dynamic-node-parameters/resource-locator-results';
  return expectAnswer(SearchResult, await session.request('POST', path, bodyOf(call)), `POST ${path}`).data;
}

/** The options of a parameter with a `loadOptionsMethod`. */
export async function loadOptions(session: RestSession, call: PickerCall): Promise<PickerEntry[]> {
  const path = 'rest/dynamic-node-parameters/options';
  return expectAnswer(Options, await session.request('POST', path, bodyOf(call)), `POST ${path}`).data;
}

function bodyOf(call: PickerCall): Record<string, unknown> {
  return {
    path: `parameters.${call.parameter}`,
    methodName: call.method,
    nodeTypeAndVersion: call.nodeType,
    currentNodeParameters: call.parameters ?? {},
    credentials: call.credentials ?? {},
    filter: call.filter,
    paginationToken: call.paginationToken,
  };
}
