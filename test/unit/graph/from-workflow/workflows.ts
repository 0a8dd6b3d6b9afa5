/** A node of a workflow as n8n exports it. */
export type NodeSpec = {
  name: string;
  type: string;
  typeVersion?: number;
  disabled?: boolean;
  parameters?: Record<string, unknown>;
};

/** One of our nodes. */
export const ours = (
  name: string,
  type: string,
  parameters: Record<string, unknown> = {},
  rest: Partial<NodeSpec> = {},
): NodeSpec => ({ name, type: `n8n-nodes-roomflow.${type}`, typeVersion: 1, parameters, ...rest });

/** One that n8n brings. */
export const base = (
  name: string,
  type: string,
  parameters: Record<string, unknown> = {},
  typeVersion = 1,
): NodeSpec => ({ name, type: `n8n-nodes-base.${type}`, typeVersion, parameters });

/** A connection: `'A → B'`, or `'A 1→ B'` from the second output of A. */
export type Arrow = `${string}→ ${string}`;

/** A workflow of these nodes, connected like this. */
export function workflow(nodes: NodeSpec[], arrows: Arrow[]): Record<string, unknown> {
  const connections: Record<string, { main: { node: string; type: string; index: number }[][] }> = {};
  for (const arrow of arrows) {
    const [left = '', to = ''] = arrow.split('→ ');
    const [, from = '', output = '0'] = /^(.*?)(?: (\d))?$/.exec(left.trim()) ?? [];
    const { main } = (connections[from] ??= { main: [] });
    while (main.length <= Number(output)) {
      main.push([]);
    }
    main[Number(output)]?.push({ node: to, type: 'main', index: 0 });
  }
  return { name: 'Test', nodes, connections };
}

export const joined = (parameters: Record<string, unknown> = {}): NodeSpec =>
  ours('Joined', 'participantJoinedTrigger', parameters);
