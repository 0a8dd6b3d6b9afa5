import type { Browser } from 'playwright-core';
import { openGuest, type Guest, type GuestOptions } from '../guests/index.ts';
import type { RuntimeUnderTest } from './start-runtime.ts';

/** Opens the join page of a room in a browser, over a link of the runtime, and joins as this participant. */
export async function joinWithBrowser(
  runtime: RuntimeUnderTest,
  browser: Browser,
  roomId: string,
  options: Omit<GuestOptions, 'url' | 'name'> & { participantId: string },
): Promise<Guest> {
  const { participantId, ...rest } = options;
  const { url } = await runtime.api.joinLink(roomId, { participantId });
  const guest = await openGuest(browser, { ...rest, url, name: participantId });
  await guest.join();
  return guest;
}
