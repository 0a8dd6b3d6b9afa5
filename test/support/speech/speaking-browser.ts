import type { Browser } from 'playwright-core';
import { launchBrowser } from '../guests/index.ts';
import { temporaryDirectory } from '../temporary/index.ts';
import { writeSpeech, type Speech } from './spoken.ts';

/** A Chromium whose microphone plays speech, once, from when it is opened. Everybody in it has the same microphone. */
export async function launchSpeakingBrowser(speech: Speech): Promise<AsyncDisposable & { browser: Browser }> {
  const folder = await temporaryDirectory('roomflow-microphone-');
  const path = folder.entry('microphone.wav');
  await writeSpeech(speech, path, ['-ac', '2']);
  const browser = await launchBrowser([`--use-file-for-fake-audio-capture=${path}%noloop`]);
  return {
    browser,
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
