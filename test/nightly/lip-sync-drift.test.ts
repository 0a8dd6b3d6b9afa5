import { expect, it } from 'vitest';
import { launchBrowser } from '../support/guests/index.ts';
import { recordBeepAndFlashGuests, startRuntime } from '../support/runtime/index.ts';

it('keeps sound and picture of browser guests together over three minutes', async () => {
  await using runtime = await startRuntime();
  const browser = await launchBrowser();
  try {
    const reports = await recordBeepAndFlashGuests(runtime, browser, { guests: 2, seconds: 180 });
    for (const report of reports) {
      expect(report.decodeErrors).toEqual([]);
      expect(report.beepShare).toBeGreaterThanOrEqual(0.98);
      expect(report.flashShare).toBeGreaterThanOrEqual(0.98);
      expect(report.offsetP95Ms).toBeLessThanOrEqual(45);
      expect(Math.abs(report.driftMs)).toBeLessThan(40);
    }
  } finally {
    await browser.close();
  }
});
