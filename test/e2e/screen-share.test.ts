import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Page, Recording } from '../../runtime/contract/index.ts';
import { launchBrowser } from '../support/guests/index.ts';
import { joinWithBrowser, startRuntime } from '../support/runtime/index.ts';

it('publishes a shared screen while it is shared, and records each share to a file of its own', async () => {
  await using runtime = await startRuntime();
  const browser = await launchBrowser();
  try {
    const { roomId } = await runtime.api.createRoom();
    await using ada = await joinWithBrowser(runtime, browser, roomId, { participantId: 'ada' });
    await using bob = await joinWithBrowser(runtime, browser, roomId, { participantId: 'bob' });
    const share = ada.page.getByRole('button', { name: /screen/i });
    const shown = bob.page.locator('[data-screen-of="ada"] video[data-showing="true"]');

    await share.click();
    await shown.waitFor();
    const { recordingId } = await runtime.api.record(roomId, 'ada', { kind: 'screen_video' });
    const { sessionId } = (await runtime.events.event('participant-track-recording-started')).data;
    const folder = join(runtime.dataDirectory, 'recordings', sessionId, 'ada', 'screen_video');
    // A file begins with the first key frame of its share: one that ends before leaves none. Beside a file that is
    // being finished lies its copy, of another extension.
    const filesBegun = (count: number) =>
      expect
        .poll(async () => (await readdir(folder)).filter((name) => name.endsWith('.webm')), {
          timeout: 10_000,
        })
        .toHaveLength(count);
    await filesBegun(1);
    await share.click();
    await shown.waitFor({ state: 'detached' });
    await runtime.events.event('track-unpublished', ({ data }) => data.kind === 'screen_video');

    await share.click();
    await shown.waitFor();
    await filesBegun(2);
    await ada.leave();
    await runtime.events.event('participant-track-recording-stopped');
    const { data } = await runtime.api.call<Page<Recording>>('GET', '/v2/recordings/participant/track');
    expect(data).toMatchObject([{ id: recordingId, status: 'completed', kind: 'screen_video' }]);
    expect(data[0]?.files).toHaveLength(2);
    expect(data[0]?.files.every((file) => file.meta.videoCodec === 'vp8')).toBe(true);
  } finally {
    await browser.close();
  }
});
