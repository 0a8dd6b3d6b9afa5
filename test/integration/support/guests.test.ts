import { writeFile } from 'node:fs/promises';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  guestColour,
  launchBrowser,
  openGuest,
  receiveFrom,
  serveBlankPage,
  writeReferenceRecording,
  type GuestMedia,
} from '../../support/guests/index.ts';
import {
  analyseBeepAndFlash,
  analysePicture,
  colourDistance,
  percentile,
  pictureAt,
} from '../../support/oracle/index.ts';
import { startRelayedNetwork } from '../../support/relay/index.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';

let browser: Browser;
let directory: TemporaryDirectory;
let blank: Awaited<ReturnType<typeof serveBlankPage>>;

beforeAll(async () => {
  browser = await launchBrowser();
  directory = await temporaryDirectory();
  blank = await serveBlankPage();
});
afterAll(async () => {
  await browser.close();
  await blank[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

const guestWith = (media: GuestMedia, number = 1): ReturnType<typeof openGuest> =>
  openGuest(browser, { url: blank.url, name: `Guest ${number}`, media, number });

/** Calls itself over RTCPeerConnection and records, with MediaRecorder, what arrives. */
async function recordLoopback(page: Page, seconds: number): Promise<Buffer> {
  const dataUrl = await page.evaluate(async (length) => {
    const local = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    const [caller, callee] = [new RTCPeerConnection(), new RTCPeerConnection()];
    caller.onicecandidate = (event) => void callee.addIceCandidate(event.candidate ?? undefined);
    callee.onicecandidate = (event) => void caller.addIceCandidate(event.candidate ?? undefined);
    const remote = new MediaStream();
    callee.ontrack = (event) => remote.addTrack(event.track);
    for (const track of local.getTracks()) {
      caller.addTrack(track, local);
    }
    await caller.setLocalDescription();
    await callee.setRemoteDescription(caller.localDescription!);
    await callee.setLocalDescription();
    await caller.setRemoteDescription(callee.localDescription!);
    // Played, so that it is decoded; and recorded from the first picture on.
    const player = document.createElement('video');
    player.srcObject = remote;
    await player.play();
    const recorder = new MediaRecorder(remote, { mimeType: 'video/webm;codecs=vp8,opus' });
    const parts: Blob[] = [];
    recorder.ondataavailable = (event) => parts.push(event.data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    setTimeout(() => recorder.stop(), length * 1000);
    await stopped;
    caller.close();
    callee.close();
    return new Promise<string>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(typeof reader.result === 'string' ? reader.result : '');
      reader.readAsDataURL(new Blob(parts));
    });
  }, seconds);
  return Buffer.from(dataUrl.slice(dataUrl.indexOf(',') + 1), 'base64');
}

describe('a beep-and-flash guest', () => {
  it('beeps and flashes at the same instants, on each whole second, as others do', async () => {
    const guests = await Promise.all([guestWith('beep-and-flash', 1), guestWith('beep-and-flash', 2)]);
    const checks = guests.map(async (guest, index) => {
      await using receiver = await receiveFrom(guest.page);
      await receiver.receivedSeconds(12);
      const path = directory.entry(`source-${index}.mkv`);
      const startMs = await writeReferenceRecording(receiver.tracks, path);
      const report = await analyseBeepAndFlash(path);
      // Of a dozen events one may fall to a machine that is busy with other things.
      expect(report.beepShare).toBeGreaterThan(0.9);
      expect(report.flashShare).toBeGreaterThan(0.9);
      expect(Math.abs(report.offsetMedianMs)).toBeLessThan(10);
      expect(percentile(report.offsetsMs.map(Math.abs), 0.8)).toBeLessThan(15);
      const awayFromWholeSecondMs = [...report.beeps, ...report.flashes].map((seconds) => {
        const intoPeriodMs = (startMs + seconds * 1000) % 1000;
        return Math.min(intoPeriodMs, 1000 - intoPeriodMs);
      });
      expect(percentile(awayFromWholeSecondMs, 0.8)).toBeLessThan(20);
    });
    await Promise.all(checks);
    for (const guest of guests) {
      expect(guest.consoleErrors).toEqual([]);
      await guest.close();
    }
  });

  it('is seen and heard through a real call, by all its beeps and flashes', async () => {
    await using caller = await guestWith('beep-and-flash', 1);
    // Another one that is busy too, as in a meeting.
    await using other = await guestWith('beep-and-flash', 2);
    const path = directory.entry('loopback.webm');
    await writeFile(path, await recordLoopback(caller.page, 12));
    const report = await analyseBeepAndFlash(path);
    expect(report.beepShare).toBeGreaterThanOrEqual(0.98);
    expect(report.flashShare).toBeGreaterThanOrEqual(0.98);
    // Chromium's own recorder is late with the sound by what its jitter buffer holds: no measure of the guest.
    expect(Math.abs(report.offsetMedianMs)).toBeLessThan(300);
    expect([...caller.consoleErrors, ...other.consoleErrors]).toEqual([]);
  });

  it('keeps its picture moving and shows whose it is', async () => {
    await using guest = await guestWith('beep-and-flash', 3);
    await using receiver = await receiveFrom(guest.page);
    await receiver.receivedSeconds(4);
    const path = directory.entry('picture.mkv');
    await writeReferenceRecording(receiver.tracks, path);
    const { flashes } = await analyseBeepAndFlash(path);
    const picture = await analysePicture(path);
    expect(picture.longestFreezeMs).toBeLessThan(500);
    expect(picture.averageFps).toBeGreaterThan(20);
    // The top right corner has neither the number nor the moving square.
    const region = { x: 0.6, y: 0.1, width: 0.3, height: 0.4 };
    const { meanColour } = await pictureAt(path, flashes[0]! + 0.5, { region });
    const distances = [1, 2, 3, 4].map((number) => colourDistance(meanColour, guestColour(number)));
    expect(distances.indexOf(Math.min(...distances))).toBe(2);
  });

  it('gets live tracks again after the page has stopped the first ones', async () => {
    await using guest = await guestWith('beep-and-flash');
    const states = await guest.page.evaluate(async () => {
      const first = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
      first.getTracks().forEach((track) => track.stop());
      const second = await navigator.mediaDevices.getUserMedia({ video: true });
      return [...first.getTracks(), ...second.getTracks()].map(
        (track) => `${track.kind} ${track.readyState}`,
      );
    });
    expect(states).toEqual(['audio ended', 'video ended', 'video live']);
  });
});

describe('a guest at a join page', () => {
  /** The controls of a join page by their names for screen readers, and nothing behind them. */
  const joinPage = `<!doctype html><main>
    <form><label>Your name <input></label><button>Join meeting</button></form>
    <script type="module">
      const main = document.querySelector('main');
      document.querySelector('form').onsubmit = (event) => {
        event.preventDefault();
        main.innerHTML = '<p>' + document.querySelector('input').value + '</p>' +
          '<button>Turn off microphone</button><button>Turn off camera</button><button>Leave</button>';
      };
      main.onclick = ({ target }) => {
        if (target.textContent === 'Leave') main.innerHTML = '<p>You left</p>';
        if (target.textContent.startsWith('Turn')) {
          target.textContent = target.textContent.replace(/off|on/, (state) => (state === 'on' ? 'off' : 'on'));
        }
      };
      console.error('a complaint');
    </script>`;

  it('joins by name, turns devices off and on, and leaves', async () => {
    await using guest = await openGuest(browser, {
      url: blank.url,
      name: 'Ada',
      prepare: async (page) => {
        await page.route(blank.url, (route) => route.fulfill({ contentType: 'text/html', body: joinPage }));
      },
    });
    await guest.join();
    expect(await guest.page.getByText('Ada').isVisible()).toBe(true);
    await guest.mute();
    await guest.turnCameraOff();
    const names = await guest.page.getByRole('button').allTextContents();
    expect(names).toEqual(['Turn on microphone', 'Turn on camera', 'Leave']);
    await guest.unmute();
    await guest.turnCameraOn();
    await guest.leave();
    expect(await guest.page.getByText('You left').isVisible()).toBe(true);
    expect(guest.consoleErrors).toEqual(['a complaint']);
  });
});

describe('a guest without media', () => {
  it.each([
    { media: 'none', error: 'NotFoundError' },
    { media: 'denied', error: 'NotAllowedError' },
  ] as const)('is told $error when its devices are $media', async ({ media, error }) => {
    await using guest = await guestWith(media);
    const name = await guest.page.evaluate(() =>
      navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => 'given',
        (reason: unknown) => (reason instanceof DOMException ? reason.name : String(reason)),
      ),
    );
    expect(name).toBe(error);
  });
});

describe('a guest behind a relayed network', () => {
  it('sends its media through the relay alone, with its losses and its breaks', async () => {
    await using network = startRelayedNetwork({ lossShare: 0.05, jitterMs: 10, applyTo: 'media', seed: 3 });
    await using guest = await openGuest(browser, {
      url: blank.url,
      name: 'Far away',
      media: 'beep-and-flash',
      prepare: network.install,
    });
    await using receiver = await receiveFrom(guest.page);
    await receiver.receivedMore(400);
    const before = network.relays().map((relay) => relay.counts().towardsTarget);
    const delivered = before.reduce((sum, counts) => sum + counts.delivered, 0);
    const lost = before.reduce((sum, counts) => sum + counts.lost, 0);
    // What came in did so through the relay: a direct path would add packets the relay never saw.
    const received = receiver.tracks.reduce((sum, track) => sum + track.packets.length, 0);
    expect(received).toBeLessThanOrEqual(delivered);
    expect(lost / (lost + delivered)).toBeGreaterThan(0.02);
    expect(lost / (lost + delivered)).toBeLessThan(0.09);

    network.block();
    const blockedBefore = network
      .relays()
      .reduce((sum, relay) => sum + relay.counts().towardsTarget.blocked, 0);
    const receivedWhenBlocked = receiver.tracks.reduce((sum, track) => sum + track.packets.length, 0);
    await expect
      .poll(() => network.relays().reduce((sum, relay) => sum + relay.counts().towardsTarget.blocked, 0))
      .toBeGreaterThan(blockedBefore + 50);
    // The last ones may have been in the socket's buffer when the network broke.
    const receivedMeanwhile =
      receiver.tracks.reduce((sum, track) => sum + track.packets.length, 0) - receivedWhenBlocked;
    expect(receivedMeanwhile).toBeLessThan(20);

    network.unblock();
    await receiver.receivedMore(50);
  });
});
