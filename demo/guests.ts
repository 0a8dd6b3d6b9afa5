import { setTimeout as delay } from 'node:timers/promises';
import { launchBrowser, openGuest } from '../test/support/guests/index.ts';
import type { Output } from './output.ts';
import type { RoomflowApi } from './roomflow-api.ts';

/** People to send into a room. */
export type Visit = { roomId: string; participantIds: readonly string[]; seconds: number };

/**
 * Sends headless browsers with fake camera and microphone through the join page. Each stays that long after
 * it has joined. Resolves when all have left.
 */
export async function visit(api: RoomflowApi, { roomId, participantIds, seconds }: Visit, output: Output) {
  const browser = await launchBrowser();
  try {
    await Promise.all(
      participantIds.map(async (participantId, index) => {
        const name = `Guest ${index + 1}`;
        const url = await api.createJoinLink(roomId, { name, participantId });
        await using guest = await openGuest(browser, { url, name });
        await guest.join();
        output.say(`${name} has joined`);
        await delay(seconds * 1000);
        await guest.leave();
        output.say(`${name} has left`);
      }),
    );
  } finally {
    await browser.close();
  }
}
