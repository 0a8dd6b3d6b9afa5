import type { INodeExecutionData, IRun } from 'n8n-workflow';

/** One run of a workflow: from the item of a trigger to the last node. */
export type HeadlessExecution = {
  id: string;
  /** The trigger that began it. */
  trigger: string;
  status: IRun['status'];
  error: string | null;
  /** Items that a node has put out, by any of its outputs. */
  itemsOf(node: string): Record<string, unknown>[];
  /** Fields in which the items of a node hold files. */
  filesOf(node: string): string[];
};

/** What a finished run is looked at for. */
export function executionOf(id: string, trigger: string, run: IRun): HeadlessExecution {
  const { runData, error } = run.data.resultData;
  const outputOf = (node: string): INodeExecutionData[] =>
    (runData[node] ?? []).flatMap(({ data }) => (data?.['main'] ?? []).flatMap((items) => items ?? []));
  return {
    id,
    trigger,
    status: run.status,
    error: error === undefined ? null : error.message,
    itemsOf: (node) => outputOf(node).map(({ json }) => json),
    filesOf: (node) => outputOf(node).flatMap(({ binary }) => Object.keys(binary ?? {})),
  };
}
