import { runInNewContext } from 'node:vm';
import type { IWorkflowExecuteAdditionalData } from 'n8n-workflow';
import { workflowModule } from './n8n-modules.ts';

type StartTask = IWorkflowExecuteAdditionalData['startRunnerTask'];

/**
 * Runs the code of a Code node in place of n8n's task runner, which is a process of its own beside an n8n server: with
 * the same names at hand, once for all items.
 */
export const runCode: StartTask = async <T, E = unknown>(...task: Parameters<StartTask>) => {
  const [
    ,
    ,
    settings,
    ,
    ,
    ,
    workflow,
    runExecutionData,
    runIndex,
    itemIndex,
    nodeName,
    items,
    ,
    mode,
    ,
    input,
  ] = task;
  const { code } = settings as { code: string };
  const proxy = new workflowModule.WorkflowDataProxy(
    workflow,
    runExecutionData,
    runIndex,
    itemIndex,
    nodeName,
    items,
    {},
    mode,
    {},
    input,
  ).getDataProxy();
  try {
    const result: unknown = await runInNewContext(`(async () => { ${code}\n})()`, { ...proxy, items });
    return { ok: true, result: structuredClone(result) as T };
  } catch (error) {
    return { ok: false, error: error as E };
  }
};
