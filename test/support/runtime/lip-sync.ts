import type { Browser } from 'playwright-core';
import { analyseBeepAndFlash, type BeepAndFlashReport } from '../oracle/index.ts';
import { joinWithBrowser } from './browser-guest.ts';
import { completedRecording } from './recording-file.ts';
import type { RuntimeUnderTest } from './start-runtime.ts';

/** Guests that beep and flash are recorded by the runtime for so long, and their files are looked through. */
export async function recordBeepAndFlashGuests(
  runtime: RuntimeUnderTest,
  browser: Browser,
  { guests, seconds }: { guests: number; seconds: number },
): Promise<BeepAndFlashReport[]> {
  const { roomId } = await runtime.api.createRoom();
  const ids = Array.from({ length: guests }, (_, index) => `guest-${index + 1}`);
  const pages = await Promise.all(
    ids.map((participantId, index) =>
      joinWithBrowser(runtime, browser, roomId, {
        participantId,
        media: 'beep-and-flash',
        number: index + 1,
      }),
    ),
  );
  try {
    for (const id of ids) {
      await runtime.events.event(
        'track-published',
        ({ data, roomId: room }) => room === roomId && data.participantId === id && data.kind === 'video',
      );
    }
    const started = await Promise.all(ids.map((id) => runtime.api.record(roomId, id)));
    // Real time is what is being measured here.
    await pages[0]!.page.waitForTimeout(seconds * 1000);
    await Promise.all(ids.map((id) => runtime.api.stopRecording(roomId, id)));
    const reports: BeepAndFlashReport[] = [];
    for (const { recordingId } of started) {
      const [file] = await completedRecording(runtime, recordingId);
      reports.push(await analyseBeepAndFlash(file!.filePath, { expectedSeconds: seconds - 1 }));
    }
    return reports;
  } finally {
    await Promise.all(pages.map((page) => page.close()));
  }
}
