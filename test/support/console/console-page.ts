import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';

const artefacts = fileURLToPath(new URL('../../../artifacts/console/', import.meta.url));

/** The console in a window of its own, with somebody signed in. */
export type ConsolePage = AsyncDisposable & {
  page: Page;
  /** What the browser complained of: errors of scripts and refusals of the content security policy. */
  complaints: readonly string[];
  goTo(hash: string): Promise<void>;
  /** The cards of the picture whose label or detail is like this, by what a screen reader is told. */
  card(name: RegExp): Locator;
  /** In the colours of the day and of the night: `artifacts/console/<name>-light.png` and `-dark.png`. */
  shoot(name: string): Promise<void>;
};

export async function openConsole(
  browser: Browser,
  { url, serverKey }: { url: string; serverKey: string },
  { viewport = { width: 1440, height: 900 } }: { viewport?: { width: number; height: number } } = {},
): Promise<ConsolePage> {
  await mkdir(artefacts, { recursive: true });
  const context = await browser.newContext({ viewport, colorScheme: 'light', deviceScaleFactor: 1.5 });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A call that fails is told by the page itself.
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text())) {
      complaints.push(message.text());
    }
  });
  await page.goto(`${url}/console`);
  await page.getByLabel('Server key or token').fill(serverKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Console' }).waitFor();
  return {
    page,
    complaints,
    async goTo(hash) {
      await page.evaluate((next) => {
        location.hash = next;
      }, hash);
    },
    card: (name) => page.locator('.picture').getByRole('button', { name }),
    async shoot(name) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${artefacts}${name}-${colorScheme}.png`, animations: 'disabled' });
      }
      await page.emulateMedia({ colorScheme: 'light' });
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}
