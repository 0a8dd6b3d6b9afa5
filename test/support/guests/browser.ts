import { existsSync } from 'node:fs';

import { chromium, type Browser } from 'playwright-core';

/** Where Debian and the usual Linux packages put Chromium. */
const KNOWN_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Starts a real headless Chromium, meant to be shared by all guests of a test file.
 *
 * Set `CHROMIUM_PATH` to use another one than the system's.
 *
 * @throws when there is no Chromium.
 */
export async function launchBrowser(extraArgs: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? KNOWN_PATHS.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(`no Chromium at ${KNOWN_PATHS.join(', ')}; install it or set CHROMIUM_PATH`);
  }
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      ...['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
      '--autoplay-policy=no-user-gesture-required',
      // A guest is never the front window; without these its timers and its drawing slow down.
      ...['--disable-background-timer-throttling', '--disable-renderer-backgrounding'],
      '--disable-backgrounding-occluded-windows',
      // The runtime under test listens on 127.0.0.1, and a machine without network has no other address.
      '--allow-loopback-in-peer-connection',
      ...extraArgs,
    ],
  });
}
