import type { IBinaryKeyData, ITriggerFunctions } from 'n8n-workflow';
import type { RoomflowEvent } from '../../../runtime/contract/index.ts';
import { delay } from '../items';
import { fetchFromRuntime, RuntimeError } from '../transport';
import { reconnectDelayMs } from './reconnect-policy';

/** The part of a download link that does not depend on by which address the runtime is reached. */
function pathOf(fileUrl: string): string {
  const { pathname, search } = new URL(fileUrl);
  return `${pathname.slice(Math.max(0, pathname.indexOf('/v2/')))}${search}`;
}

/**
 * The file that an event speaks of (`tap-audio`, `tap-frame`) as binary data; nothing for other events, and for a file
 * that is no longer there. While the runtime cannot be reached it is asked again, until `stop` is aborted.
 */
export async function eventFile(
  context: ITriggerFunctions,
  event: RoomflowEvent,
  options: { property: string; stop: AbortSignal },
): Promise<{ binary?: IBinaryKeyData }> {
  if (event.type !== 'tap-audio' && event.type !== 'tap-frame') {
    return {};
  }
  const { filePath, fileUrl, mimeType } = event.data;
  for (let attempt = 0; !options.stop.aborted; attempt += 1) {
    try {
      const answer = await fetchFromRuntime(context, { path: pathOf(fileUrl), timeoutMs: 60_000 });
      const content = Buffer.from(await answer.arrayBuffer());
      const name = filePath.split('/').at(-1) ?? event.id;
      return {
        binary: { [options.property]: await context.helpers.prepareBinaryData(content, name, mimeType) },
      };
    } catch (error) {
      if (!(error instanceof RuntimeError) || error.code !== 'unreachable') {
        const reason = error instanceof Error ? error.message : String(error);
        context.logger.warn(
          `The file of event ${event.id} is not to be had, the item goes on without it: ${reason}`,
        );
        return {};
      }
      await delay(reconnectDelayMs(attempt, Math.random()), options.stop);
    }
  }
  return {};
}
