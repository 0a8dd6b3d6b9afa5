import type { IDataObject, IWebhookDescription, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import type { ItemResult } from '../items';

/** n8n's own address for going on with a parked execution; there is nothing to register anywhere. */
export const resumeWebhooks: IWebhookDescription[] = [
  {
    name: 'default',
    httpMethod: 'POST',
    responseMode: 'onReceived',
    responseData: 'noData',
    path: '',
    restartWebhook: true,
    isFullPath: true,
  },
];

/** What became of what an item had started; `toItem` makes the item that goes on, with its files. */
export type Outcome = { hasEnded: boolean; toItem: () => Promise<ItemResult> };

/**
 * Called by the runtime for each thing that ends. Goes on with all of them when the last has ended, and stays parked
 * until then. When the runtime cannot be asked just now, the answer 503 has it call again.
 *
 * @param outcomeOf asks the runtime what became of an item; rejects when it cannot be asked
 */
export async function resumeWhenAllEnded(
  context: IWebhookFunctions,
  outcomeOf: (json: IDataObject) => Promise<Outcome>,
): Promise<IWebhookResponseData> {
  const waiting = context.evaluateExpression('{{ $input.all().map((item) => item.json) }}') as IDataObject[];
  try {
    const outcomes = await Promise.all(waiting.map(async (json) => await outcomeOf(json)));
    const running = outcomes.filter(({ hasEnded }) => !hasEnded);
    if (running.length > 0) {
      return { webhookResponse: { stillRunning: running.length } };
    }
    const items = await Promise.all(outcomes.map(async ({ toItem }) => await toItem()));
    return { workflowData: [items.map((item, index) => ({ ...item, pairedItem: { item: index } }))] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.logger.warn(
      `Could not go on with an execution that waited; the runtime will call again: ${reason}`,
    );
    context.getResponseObject().status(503).json({ message: reason }).end();
    return { noWebhookResponse: true };
  }
}
