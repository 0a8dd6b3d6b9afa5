import { setTimeout as delay } from 'node:timers/promises';
import { launchBrowser, openGuest } from '../test/support/guests/index.ts';
import type { Output } from './output.ts';
import type { RoomflowApi } from './roomflow-api.ts';

/** People to send into a room. */
export type Visit = { roomId: string; participantIds: readonly string[]; seconds: number };

/** How long the page may take to show that the workflow records; a guest then stays all the same. */
const RECORDING_WAIT_MS = 10_000;

/**
 * Sends headless browsers with fake camera and microphone through the join page. Each stays that long after
 * the page has shown it that it is recorded. Resolves when all have left.
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
        // What counts is how long a guest is recorded; a first execution of a cold n8n takes its time.
        const recorded = await guest.page
          .getByText('Recording', { exact: true })
          .waitFor({ timeout: RECORDING_WAIT_MS })
          .then(
            () => true,
            () => false,
          );
        output.say(recorded ? `${name} is being recorded` : `${name} is not recorded yet`);
        await delay(seconds * 1000);
        await guest.leave();
        output.say(`${name} has left`);
      }),
    );
  } finally {
    await browser.close();
  }
}
