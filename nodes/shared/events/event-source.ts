import type { ITriggerFunctions } from 'n8n-workflow';
import type { RoomflowEvent } from '../../../runtime/contract/index.ts';
import { credentialName, fetchFromRuntime, getBaseUrl } from '../transport';
import type { EventMessage } from './event-messages';
import { listenOnce, type Closed } from './event-socket';

/** Which events, of which room. */
export type EventFilter = { types: readonly string[]; roomId: string | undefined };

function queryOf(filter: EventFilter, cursor: string): Record<string, string> {
  return {
    cursor,
    ...(filter.types.includes('*') ? {} : { types: filter.types.join(',') }),
    ...(filter.roomId === undefined ? {} : { roomId: filter.roomId }),
  };
}

/**
 * Asks once for the next event after `cursor`. Shows whether runtime, key and room are right, which a
 * WebSocket does not tell: it hides the status of a refused handshake.
 *
 * @throws RuntimeError
 */
export async function peek(
  context: ITriggerFunctions,
  filter: EventFilter,
  cursor: string,
): Promise<{ events: RoomflowEvent[]; cursor: string }> {
  const query = new URLSearchParams({ ...queryOf(filter, cursor), limit: '1' }).toString();
  const answer = await fetchFromRuntime(context, { path: `/v2/events?${query}`, timeoutMs: 5_000 });
  return (await answer.json()) as { events: RoomflowEvent[]; cursor: string };
}

/**
 * One connection to the event log: replay from `cursor`, then live. The credential is read anew each time,
 * so that one mended while a workflow is published is taken up.
 */
export async function connectToEvents(
  context: ITriggerFunctions,
  filter: EventFilter,
  options: { cursor: string; onMessage: (message: EventMessage) => void; stop: AbortSignal },
): Promise<Closed> {
  const baseUrl = await getBaseUrl(context);
  const { apiKey } = await context.getCredentials<{ apiKey: string }>(credentialName);
  const query = new URLSearchParams(queryOf(filter, options.cursor)).toString();
  return await listenOnce({
    url: `${baseUrl.replace(/^http/, 'ws')}/v2/events?${query}`,
    authorization: apiKey,
    onMessage: options.onMessage,
    stop: options.stop,
  });
}
