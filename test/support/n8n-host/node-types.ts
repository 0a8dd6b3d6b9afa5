import { Type } from 'typebox';
import { expectAnswer } from './answer.ts';
import type { RestSession } from './rest-session.ts';

const NodeTypes = Type.Array(
  Type.Intersect([
    Type.Object({
      name: Type.String(),
      displayName: Type.String(),
      version: Type.Union([Type.Number(), Type.Array(Type.Number())]),
    }),
    Type.Record(Type.String(), Type.Unknown()),
  ]),
);

/** A node description as the editor gets it. */
export type NodeType = {
  name: string;
  displayName: string;
  version: number | number[];
  [field: string]: unknown;
};

/** Every node type this n8n offers. */
export async function listNodeTypes(session: RestSession): Promise<NodeType[]> {
  return expectAnswer(NodeTypes, await session.request('GET', 'types/nodes.json'), 'GET types/nodes.json');
}
