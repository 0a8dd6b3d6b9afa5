import type { Browser, Locator, Page } from 'playwright-core';

import { installAbsentDevices } from './absent-devices-page.ts';
import { installBeepAndFlash } from './beep-and-flash-page.ts';
import { BEEP_HZ, beepAndFlashSignal } from './beep-and-flash-signal.ts';

/**
 * What a guest's camera and microphone are: Chromium's own fakes, the beep-and-flash signal, none at all, or
 * refused by the user.
 */
export type GuestMedia = 'fake' | 'beep-and-flash' | 'none' | 'denied';

export type GuestOptions = {
  /** The join link. */
  url: string | URL;
  name: string;
  media?: GuestMedia;
  /** Drawn in the picture of a beep-and-flash guest; its colour is `guestColour(number)`. */
  number?: number;
  /** Tone of a beep-and-flash guest: another for each, to be told apart in a mix. */
  beepHz?: number;
  /** Of the picture of a beep-and-flash guest; small when left out. */
  pictureSize?: { width: number; height: number };
  viewport?: { width: number; height: number };
  /** Called with the page before it opens its link: for routing, clocks and further scripts. */
  prepare?: (page: Page) => Promise<void>;
};

/** A person at a browser. */
export type Guest = AsyncDisposable & {
  name: string;
  page: Page;
  /** Fills in the name, asks to join and waits until the guest is in the meeting. */
  join(): Promise<void>;
  /** Fills in the name and asks to join, as at a lobby, without waiting to be let in. */
  askToJoin(): Promise<void>;
  /** Resolves when the guest is in the meeting. */
  joined(): Promise<void>;
  leave(): Promise<void>;
  /** Turns the microphone off and waits until the page says so. */
  mute(): Promise<void>;
  unmute(): Promise<void>;
  turnCameraOff(): Promise<void>;
  turnCameraOn(): Promise<void>;
  /** Errors of the page's scripts and of its console, in order. */
  consoleErrors: readonly string[];
  /** Closes the page as a closed laptop would: without a leave. Idempotent. */
  close(): Promise<void>;
};

/**
 * Opens the join page as a new person, with cookies and storage of its own.
 *
 * @throws when the page cannot be loaded.
 */
export async function openGuest(browser: Browser, options: GuestOptions): Promise<Guest> {
  const { name, media = 'fake', number = 1, viewport = { width: 960, height: 600 } } = options;
  const context = await browser.newContext({
    viewport,
    permissions: media === 'denied' ? [] : ['camera', 'microphone'],
    // The signal's worker is made from a blob, which a strict policy of the page would forbid.
    bypassCSP: media === 'beep-and-flash',
  });
  const page = await context.newPage();
  if (media === 'beep-and-flash') {
    const { beepHz = BEEP_HZ, pictureSize = {} } = options;
    await page.addInitScript(installBeepAndFlash, { ...beepAndFlashSignal(number), ...pictureSize, beepHz });
  } else if (media !== 'fake') {
    await page.addInitScript(installAbsentDevices, media);
  }

  const consoleErrors: string[] = [];
  page.on('pageerror', (error) => consoleErrors.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      consoleErrors.push(message.text());
    }
  });

  await options.prepare?.(page);
  await page.goto(String(options.url));

  const leaveButton = page.getByRole('button', { name: /leave/i });
  const askToJoin = async (): Promise<void> => {
    await page.getByLabel(/name/i).first().fill(name);
    await page.getByRole('button', { name: /^join/i }).click();
  };
  const joined = (): Promise<void> => leaveButton.first().waitFor({ state: 'visible' });
  // The button says what it will do, so its opposite shows that it was done.
  const turn = async (device: 'microphone' | 'camera', to: 'on' | 'off'): Promise<void> => {
    const button = (state: string): Locator =>
      page.getByRole('button', { name: new RegExp(`turn ${state} ${device}`, 'i') }).first();
    await button(to).click();
    await button(to === 'on' ? 'off' : 'on').waitFor();
  };
  const close = (): Promise<void> => context.close();

  return {
    name,
    page,
    askToJoin,
    joined,
    join: async () => {
      await askToJoin();
      await joined();
    },
    leave: async () => {
      await leaveButton.first().click();
      await leaveButton.first().waitFor({ state: 'hidden' });
    },
    mute: () => turn('microphone', 'off'),
    unmute: () => turn('microphone', 'on'),
    turnCameraOff: () => turn('camera', 'off'),
    turnCameraOn: () => turn('camera', 'on'),
    consoleErrors,
    close,
    [Symbol.asyncDispose]: close,
  };
}
