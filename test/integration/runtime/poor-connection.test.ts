import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, type Guest } from '../../support/guests/index.ts';
import { analyseBeepAndFlash } from '../../support/oracle/index.ts';
import { startRelayedNetwork, type RelayedNetwork } from '../../support/relay/index.ts';
import {
  completedRecording,
  joinWithBrowser,
  sentVideoFrames,
  startRuntime,
  watchPeerConnections,
  type InProcessRuntime,
} from '../../support/runtime/index.ts';

describe('a browser guest on a poor connection', () => {
  let runtime: InProcessRuntime;
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  beforeAll(async () => {
    runtime = await startRuntime();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await runtime[Symbol.asyncDispose]();
  });

  /** In the meeting, with its picture arriving, and recorded. */
  async function recordedGuest(
    network: RelayedNetwork,
  ): Promise<{ guest: Guest; roomId: string; recordingId: string }> {
    const { roomId } = await runtime.api.createRoom();
    const guest = await joinWithBrowser(runtime, browser, roomId, {
      participantId: 'ada',
      media: 'beep-and-flash',
      prepare: async (page) => {
        await network.install(page);
        await watchPeerConnections(page);
      },
    });
    await runtime.events.event(
      'track-published',
      (event) => event.roomId === roomId && event.data.kind === 'video',
    );
    const { recordingId } = await runtime.api.record(roomId, 'ada');
    return { guest, roomId, recordingId };
  }

  it('is recorded whole at 5 % loss and 50 ms jitter', async () => {
    await using network = startRelayedNetwork({ lossShare: 0.05, jitterMs: 50, applyTo: 'media' });
    const { guest, roomId, recordingId } = await recordedGuest(network);
    const sentBefore = await sentVideoFrames(guest.page);
    await guest.page.waitForTimeout(15_000);
    const sent = (await sentVideoFrames(guest.page)) - sentBefore;
    await runtime.api.stopRecording(roomId, 'ada');
    await guest.close();
    const [file] = await completedRecording(runtime, recordingId);
    const report = await analyseBeepAndFlash(file!.filePath, { expectedSeconds: 14 });
    const lost = network.relays().reduce((sum, relay) => sum + relay.counts().towardsTarget.lost, 0);
    expect(lost).toBeGreaterThan(20);
    expect(file!.meta.resolution).toEqual({ width: 320, height: 180 });
    expect(report.decodeErrors).toEqual([]);
    expect(report.frameCount / sent).toBeGreaterThanOrEqual(0.97);
    expect(report.beepShare).toBeGreaterThanOrEqual(0.97);
  });

  it('comes back by itself as the same participant after its media path and its socket were cut', async () => {
    await using network = startRelayedNetwork();
    const { guest, roomId, recordingId } = await recordedGuest(network);
    const session = runtime.served.runtime.rooms.sessionOf(roomId)!;
    await guest.page.waitForTimeout(3000);
    network.block();
    await guest.page.context().setOffline(true);
    // What a server makes of a network that is gone: the socket is dead.
    session.require('ada').connection.close(1001, 'network lost');
    await runtime.events.event('participant-reconnecting', (event) => event.roomId === roomId);
    await guest.page.waitForTimeout(3000);
    network.unblock();
    await guest.page.context().setOffline(false);
    const backAtMs = Date.now();
    await runtime.events.event('participant-reconnected', (event) => event.roomId === roomId);
    await guest.page.waitForTimeout(7000);
    await runtime.api.stopRecording(roomId, 'ada');
    const types = runtime.events.types(roomId);
    await guest.close();
    const files = await completedRecording(runtime, recordingId);
    expect(files).toHaveLength(1);
    const report = await analyseBeepAndFlash(files[0]!.filePath);
    const startMs = session.startedAtMs + files[0]!.meta.startMs;
    const firstAfter = (seconds: readonly number[]): number =>
      Math.min(...seconds.map((at) => startMs + at * 1000 - backAtMs).filter((ms) => ms > 0));
    expect(report.decodeErrors).toEqual([]);
    expect(firstAfter(report.beeps)).toBeLessThan(5000);
    expect(firstAfter(report.flashes)).toBeLessThan(5000);
    expect(types.filter((type) => type === 'participant-joined')).toHaveLength(1);
    expect(types).not.toContain('participant-left');
  });
});
