import { NodeApiError, type INodeExecutionData, type ITriggerFunctions } from 'n8n-workflow';
import type { RoomflowEvent } from '../../../runtime/contract/index.ts';
import { delay } from '../items';
import { isConfigurationError, toNodeError } from '../transport';
import type { EventMessage } from './event-messages';
import type { Closed } from './event-socket';
import { connectToEvents, peek, type EventFilter } from './event-source';
import { untilStale } from './idle-watch';
import type { Position } from './position';
import { reconnectDelayMs } from './reconnect-policy';

export type Listening = {
  filter: EventFilter;
  position: Position;
  /** What an event becomes; undefined for one that is not meant. Does not reject. */
  prepare: (event: RoomflowEvent) => Promise<INodeExecutionData | undefined>;
  onItem: (item: INodeExecutionData, event: RoomflowEvent) => void;
  stop: AbortSignal;
};

async function applyMessage(listening: Listening, message: EventMessage): Promise<void> {
  const { position, stop } = listening;
  if (message.type === 'event') {
    const { event } = message;
    const item = position.isNew(event) ? await listening.prepare(event) : undefined;
    if (stop.aborted) {
      return;
    }
    // Before it is handed on: n8n saves the position together with the execution the event starts.
    position.moveTo(`${event.epoch}:${event.seq}`);
    if (item !== undefined) {
      listening.onItem(item, event);
    }
    return;
  }
  if (message.type === 'ready') {
    position.catchUp(message.cursor);
  } else {
    position.moveTo(message.cursor);
  }
}

/** One connection, given up as well when it turns out to be dead. */
async function listenUntilClosed(context: ITriggerFunctions, listening: Listening): Promise<Closed> {
  const { filter, position, stop } = listening;
  const stale = new AbortController();
  const ended = new AbortController();
  let seen = 0;
  // One after the other: the position moves past an event only when it has been handed on, file and all.
  let applied = Promise.resolve();
  void untilStale({
    seen: () => seen,
    isBehind: async () => {
      await applied;
      return (await peek(context, filter, position.cursor)).events.length > 0;
    },
    stop: AbortSignal.any([stop, ended.signal]),
  }).then(() => stale.abort());
  try {
    return await connectToEvents(context, filter, {
      cursor: position.cursor,
      onMessage: (message) => {
        seen += 1;
        applied = applied.then(async () => await applyMessage(listening, message));
      },
      stop: AbortSignal.any([stop, stale.signal]),
    });
  } finally {
    ended.abort();
    await applied;
  }
}

/** What stands in the way, when it is something a person has to mend. */
async function findConfigurationError(
  context: ITriggerFunctions,
  listening: Listening,
): Promise<NodeApiError | undefined> {
  try {
    await peek(context, listening.filter, listening.position.cursor);
  } catch (error) {
    const shown = isConfigurationError(error) ? toNodeError(context.getNode(), error) : undefined;
    return shown instanceof NodeApiError ? shown : undefined;
  }
  return undefined;
}

/**
 * Listens until `stop` is aborted, through any number of lost connections: n8n would give a trigger up for
 * good after some seconds of reporting them, so they are none of its business. Never rejects.
 *
 * What a person has to mend, such as a withdrawn key, is recorded as one failed execution, so that it is
 * seen and the error workflow runs; listening goes on, for the credential may be mended.
 */
export async function keepListening(context: ITriggerFunctions, listening: Listening): Promise<void> {
  let reported = false;
  for (let attempt = 0; ; attempt += 1) {
    const closed = await listenUntilClosed(context, listening).catch((error: unknown): Closed => {
      return { wasReady: false, reason: error instanceof Error ? error.message : String(error) };
    });
    if (listening.stop.aborted) {
      return;
    }
    if (closed.wasReady) {
      attempt = 0;
      reported = false;
    }
    if (attempt === 0) {
      context.logger.warn(`Connection to the Roomflow runtime lost, connecting again: ${closed.reason}`);
    }
    const misconfigured = reported ? undefined : await findConfigurationError(context, listening);
    if (misconfigured !== undefined) {
      reported = true;
      context.saveFailedExecution(misconfigured);
    }
    await delay(reconnectDelayMs(attempt, Math.random()), listening.stop);
  }
}
