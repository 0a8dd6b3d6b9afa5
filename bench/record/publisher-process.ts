/**
 * The process of some publishers, so that their work shares no core with the one that measures. It is told
 * what to do over the channel of `fork`, and ends when that closes.
 */
import { readClip } from './clip.ts';
import type { PublisherOrder, PublisherReport } from './publisher-messages.ts';
import { vp8Payloads } from './vp8-payloads.ts';
import { type ClipPayloads, WhipPublisher } from './whip-publisher.ts';

const TICK_MS = 4;

const publishers: WhipPublisher[] = [];
let timer: NodeJS.Timeout | undefined;
let latestMs = 0;

process.on('message', (order: PublisherOrder) => {
  follow(order).catch((error: unknown) => {
    fail(error);
  });
});
process.once('disconnect', () => process.exit());

async function follow(order: PublisherOrder): Promise<void> {
  switch (order.type) {
    case 'publish':
      await publish(order);
      report({ type: 'publishing' });
      break;
    case 'count':
      report({
        type: 'counted',
        packetsSent: publishers.reduce((sum, { packetsSent }) => sum + packetsSent, 0),
        packetsLost: publishers.reduce((sum, { packetsLost }) => sum + packetsLost, 0),
        latestMs,
      });
      latestMs = 0;
      break;
    case 'stop':
      clearInterval(timer);
      await Promise.all(publishers.map((publisher) => publisher.close()));
      process.disconnect();
      break;
  }
}

async function publish(order: Extract<PublisherOrder, { type: 'publish' }>): Promise<void> {
  const payloads = await readPayloads(order.clipFile);
  startTicking();
  for (const { participantId, phase } of order.participants) {
    publishers.push(await WhipPublisher.connect({ ...order, participantId }, payloads, phase));
  }
}

async function readPayloads(clipFile: string): Promise<ClipPayloads> {
  const { pictures, sounds } = await readClip(clipFile);
  return { pictures: pictures.map(vp8Payloads), sounds: sounds.map((sound) => Buffer.from(sound)) };
}

function startTicking(): void {
  let lastAt = performance.now();
  timer = setInterval(() => {
    const now = performance.now();
    latestMs = Math.max(latestMs, now - lastAt - TICK_MS);
    lastAt = now;
    try {
      for (const publisher of publishers) {
        publisher.sendDue(now);
      }
    } catch (error) {
      fail(error);
    }
  }, TICK_MS);
}

function fail(error: unknown): void {
  clearInterval(timer);
  report({
    type: 'failed',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}

function report(message: PublisherReport): void {
  process.send?.(message);
}
