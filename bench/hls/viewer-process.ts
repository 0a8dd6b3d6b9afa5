/**
 * The process of the simulated viewers, so that their work is not counted as the runtime's. It is told what to do
 * over the channel of `fork`, and ends when that closes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { SimulatedViewer } from './simulated-viewer.ts';
import type { ViewerCount, ViewerOrder, ViewerReport } from './viewer-messages.ts';

/** Viewers come one after the other, as people do, and not all in one instant. */
const BETWEEN_MS = 10;

const viewers: SimulatedViewer[] = [];
const count = emptyCount();
let stopping = false;

process.on('message', (order: ViewerOrder) => {
  follow(order).catch(fail);
});
process.once('disconnect', () => process.exit());

async function follow(order: ViewerOrder): Promise<void> {
  switch (order.type) {
    case 'watch':
      for (let index = 0; index < order.count; index += 1) {
        const viewer = new SimulatedViewer(order.playlistUrl, count);
        viewers.push(viewer);
        viewer.watch().catch(fail);
        await delay(BETWEEN_MS);
      }
      report({ type: 'watching' });
      break;
    case 'count': {
      report({ type: 'counted', ...count, refused: { ...count.refused } });
      Object.assign(count, emptyCount());
      break;
    }
    case 'stop':
      stopping = true;
      for (const viewer of viewers) {
        viewer.stop();
      }
      process.disconnect();
      break;
  }
}

function emptyCount(): ViewerCount {
  return { playlists: 0, parts: 0, bytes: 0, refused: {}, longestGapMs: 0 };
}

function fail(error: unknown): void {
  if (!stopping) {
    report({
      type: 'failed',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
}

function report(message: ViewerReport): void {
  process.send?.(message);
}
