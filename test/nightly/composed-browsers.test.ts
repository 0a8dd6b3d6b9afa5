import { expect, it } from 'vitest';
import { launchBrowser } from '../support/guests/index.ts';
import { analyseComposedGuests, analyseFlow } from '../support/oracle/index.ts';
import {
  beepHzOf,
  completedRecording,
  guestsInGrid,
  joinWithBrowser,
  startRuntime,
  type StartedRecording,
} from '../support/runtime/index.ts';

it('composes four browser guests in sync over a minute', async () => {
  await using runtime = await startRuntime();
  const browser = await launchBrowser();
  try {
    const { roomId } = await runtime.api.createRoom();
    const ids = ['guest-1', 'guest-2', 'guest-3', 'guest-4'];
    for (const [index, participantId] of ids.entries()) {
      const number = index + 1;
      const signal = { media: 'beep-and-flash', number, beepHz: beepHzOf(number) } as const;
      await joinWithBrowser(runtime, browser, roomId, { participantId, ...signal });
    }
    const seconds = (count: number): Promise<void> =>
      new Promise((resolve) => setTimeout(resolve, count * 1000));
    // Four encoders that adapt to two cores, and the compositor: until all have found their pace.
    await runtime.api.startStep(roomId, { step: 'compose', with: {} });
    await seconds(10);
    const start = { roomId };
    const { recordingId } = await runtime.api.call<StartedRecording>('POST', '/v2/recordings/start', start);
    await seconds(60);
    await runtime.api.call('POST', '/v2/recordings/stop', { roomId });
    const [file] = await completedRecording(runtime, recordingId, 'meeting');

    const { missingShare, duplicateShare, longestSoundGapMs } = await analyseFlow(file!.filePath);
    expect(missingShare).toBeLessThanOrEqual(0.005);
    expect(duplicateShare).toBeLessThanOrEqual(0.005);
    expect(longestSoundGapMs).toBeLessThanOrEqual(20);
    for (const report of await analyseComposedGuests(file!.filePath, guestsInGrid(ids))) {
      expect(report.decodeErrors).toEqual([]);
      expect(report.colourDistance).toBeLessThan(25);
      expect(report.beepShare).toBeGreaterThanOrEqual(0.98);
      expect(report.flashShare).toBeGreaterThanOrEqual(0.98);
      expect(report.offsetP95Ms).toBeLessThanOrEqual(45);
      expect(report.offsetDeviationMs).toBeLessThanOrEqual(15);
    }
  } finally {
    await browser.close();
  }
});
