import {
  NodeOperationError,
  WAIT_INDEFINITELY,
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
} from 'n8n-workflow';
import { runPerItem } from '../items';

/** The node's option Limit Wait Time. */
function waitTill(context: IExecuteFunctions): Date {
  const { limitWaitMinutes } = context.getNodeParameter('options', 0, {}) as { limitWaitMinutes?: number };
  return limitWaitMinutes === undefined
    ? WAIT_INDEFINITELY
    : new Date(Date.now() + limitWaitMinutes * 60_000);
}

/**
 * Starts something for every item and parks the execution. n8n waits once per execution, not per item: what was
 * started calls back when it ends, and the execution goes on when the last of it has (`resume.ts`).
 *
 * @param options.forAgents what an agent is told, which cannot wait
 * @param options.startOne answers what the item holds meanwhile; `callbackUrl` is to be called once at the end
 * @param options.isWaiting true for what `startOne` answered
 * @returns what is shown meanwhile; the errors alone, without waiting, when nothing could be started
 */
export async function startAndWait(
  context: IExecuteFunctions,
  options: {
    forAgents: { message: string; description: string };
    startOne: (itemIndex: number, callbackUrl: string) => Promise<IDataObject>;
    isWaiting: (json: IDataObject) => boolean;
  },
): Promise<INodeExecutionData[]> {
  if (context.isToolExecution()) {
    const { message, description } = options.forAgents;
    throw new NodeOperationError(context.getNode(), message, { description });
  }
  const until = waitTill(context);
  const started = await runPerItem(context, async (itemIndex) => {
    const callbackUrl = context.evaluateExpression('{{ $execution.resumeUrl }}', itemIndex) as string;
    return [{ json: await options.startOne(itemIndex, callbackUrl) }];
  });
  if (!started.some(({ json }) => options.isWaiting(json))) {
    return started;
  }
  // A parked node's input is what n8n keeps for it, hands to webhook() and passes on at the time limit. The
  // items are n8n's copies for this node: those of the node before stay as they are.
  for (const [index, item] of context.getInputData().entries()) {
    item.json = started[index]?.json ?? item.json;
  }
  await context.putExecutionToWait(until);
  return started;
}
