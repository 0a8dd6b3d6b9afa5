import type { INodeExecutionData, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import type { RoomflowEvent } from '../../../runtime/contract/index.ts';
import { getBaseUrl, isConfigurationError, toNodeError } from '../transport';
import { eventFile } from './event-file';
import { eventItem } from './event-item';
import { peek, type EventFilter } from './event-source';
import { keepListening } from './keep-listening';
import { Position } from './position';

export type EventTrigger = EventFilter & {
  /** Which of the events are meant; all when left out. */
  accepts?: (event: RoomflowEvent) => boolean;
  /** The binary field into which the file of an event goes that has one; it is not fetched when left out. */
  fileProperty?: string;
};

/** n8n's index of deduplication keys takes no more. */
const longestKey = 255;

/**
 * The same event gives the same key, over reconnects, restarts and takeovers, so that it starts the workflow
 * once. n8n keeps the keys of all workflows in one index, hence the workflow and the node in it.
 */
function deduplicationKey(context: ITriggerFunctions, event: RoomflowEvent): string {
  return `${context.getWorkflow().id ?? ''}:${context.getNode().id}:${event.id}`.slice(0, longestKey);
}

/**
 * Looks once whether runtime, key and room are right (the runtime refuses an unknown one), and takes the present end of the log as the place to
 * begin: a trigger that has just been published misses nothing even when n8n stops before the first event.
 *
 * @throws RuntimeError
 */
async function check(context: ITriggerFunctions, filter: EventFilter, position: Position): Promise<void> {
  const { cursor } = await peek(context, filter, position.isKnown ? position.cursor : 'latest');
  if (!position.isKnown) {
    position.catchUp(cursor);
  }
}

/** The item of an event that is meant, with its file. */
async function prepare(
  context: ITriggerFunctions,
  trigger: EventTrigger,
  event: RoomflowEvent,
  stop: AbortSignal,
): Promise<INodeExecutionData | undefined> {
  if (trigger.accepts?.(event) === false) {
    return undefined;
  }
  const json = eventItem(event);
  return trigger.fileProperty === undefined
    ? { json }
    : { json, ...(await eventFile(context, event, { property: trigger.fileProperty, stop })) };
}

/** A listener for the editor's test run: connects when n8n is ready for it, and says so when it cannot. */
function testRun(context: ITriggerFunctions, trigger: EventTrigger, stop: AbortController): ITriggerResponse {
  const position = new Position({});
  return {
    closeFunction: async () => stop.abort(),
    manualTriggerFunction: async () => {
      try {
        await check(context, trigger, position);
      } catch (error) {
        throw toNodeError(context.getNode(), error);
      }
      void keepListening(context, {
        filter: trigger,
        position,
        prepare: async (event) => await prepare(context, trigger, event, stop.signal),
        onItem: (item) => {
          context.emit([[item]]);
        },
        stop: stop.signal,
      });
    },
  };
}

/**
 * What all triggers do: one item for each event, at least once from the runtime and once in n8n.
 *
 * Published, it listens in the background and never reports a lost connection to n8n. Only what a person has
 * to mend (URL, key, room) refuses the publication, because n8n does not try again after that, not even when
 * it is restarted.
 */
export async function runEventTrigger(
  context: ITriggerFunctions,
  trigger: EventTrigger,
): Promise<ITriggerResponse> {
  const stop = new AbortController();
  if (context.getMode() === 'manual') {
    return testRun(context, trigger, stop);
  }
  const activation = context.getActivationMode();
  const position = new Position(context.getWorkflowStaticData('node'));
  try {
    const subscription = { baseUrl: await getBaseUrl(context), types: trigger.types, roomId: trigger.roomId };
    position.begin(subscription, new Date(), activation === 'activate');
    if (activation === 'activate' || activation === 'update') {
      await check(context, trigger, position);
    }
  } catch (error) {
    if (isConfigurationError(error) && (activation === 'activate' || activation === 'update')) {
      throw toNodeError(context.getNode(), error);
    }
    const reason = error instanceof Error ? error.message : String(error);
    context.logger.warn(`${reason}. The trigger goes on trying.`);
  }
  void keepListening(context, {
    filter: trigger,
    position,
    prepare: async (event) => await prepare(context, trigger, event, stop.signal),
    onItem: (item, event) => {
      context.emit([[item]], undefined, undefined, deduplicationKey(context, event));
    },
    stop: stop.signal,
  });
  return { closeFunction: async () => stop.abort() };
}
