import type { INode, INodeExecutionData, IRun, IRunExecutionData } from 'n8n-workflow';
import { executionOf, type HeadlessExecution } from './headless-execution.ts';
import { core, workflowModule } from './n8n-modules.ts';
import { parked } from './parked-execution.ts';
import { additionalDataIn, workflowIn, type WorkflowPlace } from './workflow-place.ts';

/** Waits of a workflow for a time are over at once: nobody is asked to sit through the five minutes of a template. */
const waitsForTime = (node: INode): boolean => node.type === 'n8n-nodes-base.wait';

/** Goes on until the workflow is through. */
async function goOn(place: WorkflowPlace, id: string, data: IRunExecutionData): Promise<IRun> {
  const workflow = workflowIn(place);
  const execute = new core.WorkflowExecute(additionalDataIn(place, id), 'trigger', data);
  const run = await execute.processRunExecutionData(workflow);
  if (run.waitTill === undefined || run.waitTill === null) {
    return run;
  }
  const last = workflow.getNode(run.data.resultData.lastNodeExecuted ?? '');
  const next =
    last !== null && waitsForTime(last) ? structuredClone(run.data) : await parked(place, id, run.data);
  return await goOn(place, id, next);
}

/** Executes a workflow from a trigger that has put out items to its end, however long it is parked meanwhile. */
export async function execute(
  place: WorkflowPlace,
  id: string,
  trigger: INode,
  items: INodeExecutionData[][],
): Promise<HeadlessExecution> {
  const data = workflowModule.createRunExecutionData({
    executionData: {
      nodeExecutionStack: [{ node: trigger, data: { main: items }, source: null }],
    },
  });
  return executionOf(id, trigger.name, await goOn(place, id, data));
}
