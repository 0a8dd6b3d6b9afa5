import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { launchBrowser, type Guest } from '../support/guests/index.ts';
import { CallWatch, ProcessWatch, frozenWindows, reportingOptions } from '../support/long-call/index.ts';
import { startRelayedNetwork, type RelayedNetwork } from '../support/relay/index.ts';
import {
  encodeAudioClip,
  encodeVideoClip,
  joinWithBrowser,
  publishAs,
  startRuntimeProcess,
  watchPeerConnections,
} from '../support/runtime/index.ts';
import { childProcesses, temporaryDirectory } from '../support/temporary/index.ts';

/** How long the call is: half an hour, unless somebody wants a shorter look. */
const minutes = Number(process.env['ROOMFLOW_TEST_CALL_MINUTES'] ?? 30);
const callMs = minutes * 60_000;
const artefacts = fileURLToPath(new URL('../../artifacts/long-call/', import.meta.url));

/** Every guest's way to the runtime and back. */
const poorNetwork = { lossShare: 0.03, delayMs: 20, jitterMs: 20, applyTo: 'media' } as const;
const goodNetwork = { delayMs: 20, applyTo: 'media' } as const;
const pictureSize = { width: 640, height: 360 };

const WINDOW_MS = 2000;
const PROCESS_EVERY_MS = 15_000;
/** In a tunnel nothing passes, and on its other side the address is another. */
const TUNNEL_MS = 2000;
/** So long after a break of one guest's network everybody sees and hears everybody again. */
const BREAK_GRACE_MS = 12_000;
/** So long after a break the pictures come as they did before it. */
const RECOVERY_MS = 20_000;
/** At the end the network is good: what was turned down for the losses has to come back. */
const GOOD_END_MS = Math.min(60_000, callMs / 4);
/** Caches and compiled code have their size by then. */
const WARM_AFTER_MS = Math.min(5 * 60_000, callMs / 3);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

it(
  `keeps every track moving and its memory level over ${minutes} minutes of loss, reorder and changing networks`,
  async () => {
    await using directory = await temporaryDirectory('roomflow-long-call-');
    const reports = directory.entry('reports');
    await mkdir(reports);
    await using runtime = await startRuntimeProcess(directory.entry('data'), {}, reportingOptions(reports));
    const [workerPid] = await childProcesses(runtime.process.pid, 'media-worker-process');
    const control = new ProcessWatch(runtime.process.pid, reports);
    const worker = new ProcessWatch(workerPid!, reports);
    await using open = new AsyncDisposableStack();
    const browser = await launchBrowser();
    open.defer(() => browser.close());

    const { roomId } = await runtime.api.createRoom();
    const clips = [await encodeVideoClip('h264', { size: '640x360' }), await encodeAudioClip()];
    const robot = open.use(await runtime.join(roomId, { participantId: 'robot', name: 'Robot' }));
    const robotMedia = open.use(await publishAs(robot, { clips, network: poorNetwork }));
    const joined = async (number: number): Promise<[Guest, RelayedNetwork]> => {
      const network = open.use(startRelayedNetwork({ ...poorNetwork, seed: 100 * number }));
      const guest = await joinWithBrowser(runtime, browser, roomId, {
        ...{ participantId: `guest-${number}`, media: 'beep-and-flash', number, pictureSize },
        prepare: async (page) => {
          await network.install(page);
          await watchPeerConnections(page);
        },
      });
      return [guest, network];
    };
    const [ada, adasNetwork] = await joined(1);
    const [bob, bobsNetwork] = await joined(2);
    const [eve, evesNetwork] = await joined(3);
    const networks = [adasNetwork, bobsNetwork, evesNetwork];
    const call = new CallWatch([ada, bob, eve], WINDOW_MS);
    await call.begin(3, 60_000);

    const changes = [
      {
        atMs: 0.25 * callMs,
        make: async () => adasNetwork.relays().forEach((relay) => relay.moveClients()),
      },
      { atMs: 0.4 * callMs, make: async () => robotMedia.relays.forEach((relay) => relay.moveClients()) },
      {
        atMs: 0.55 * callMs,
        make: async () => {
          bobsNetwork.block();
          await delay(TUNNEL_MS);
          bobsNetwork.relays().forEach((relay) => relay.moveClients());
          bobsNetwork.unblock();
        },
      },
      {
        atMs: callMs - GOOD_END_MS,
        make: async () =>
          [...networks, ...robotMedia.relays].forEach((one) => one.setConditions(goodNetwork)),
      },
    ];
    const changedMs: number[] = [];
    let processesDueMs = 0;
    while (call.nowMs < callMs) {
      await call.window();
      if (call.nowMs >= processesDueMs) {
        processesDueMs += PROCESS_EVERY_MS;
        await control.look(call.nowMs);
        await worker.look(call.nowMs);
      }
      const due = changes[changedMs.length];
      if (due !== undefined && call.nowMs >= due.atMs) {
        await due.make();
        changedMs.push(call.nowMs);
      }
    }

    const frozen = frozenWindows(call.windows, 3, changedMs, BREAK_GRACE_MS);
    const counts = networks.flatMap((network) => network.relays()).map((relay) => relay.counts());
    const received = call.newest.flatMap((figures) => figures.received);
    const endMs = callMs - GOOD_END_MS + BREAK_GRACE_MS;
    const figures = {
      minutes,
      windows: call.windows.length,
      frozenWindows: frozen.length,
      changedSeconds: changedMs.map((ms) => Math.round(ms / 1000)),
      lost: {
        towardsRuntime: sum(counts.map(({ towardsTarget }) => towardsTarget.lost)),
        towardsGuests: sum(counts.map(({ towardsClient }) => towardsClient.lost)),
      },
      reordered: sum(
        counts.map(({ towardsTarget, towardsClient }) => towardsTarget.reordered + towardsClient.reordered),
      ),
      repeated: {
        towardsRuntime: sum(call.newest.map(({ sent }) => sent.repeatsSent)),
        towardsGuests: sum(received.map(({ repeatsReceived }) => repeatsReceived)),
      },
      freezeSeconds: sum(received.map(({ freezeSeconds }) => freezeSeconds)),
      framesPerSecond: {
        begin: call.framesPerSecond(0, 0.25 * callMs),
        // Between a break of somebody's network and the next one.
        recovered: [0, 1, 2].map((index) =>
          call.framesPerSecond(changedMs[index]! + RECOVERY_MS, changedMs[index + 1]!),
        ),
        end: call.framesPerSecond(endMs, Infinity),
      },
      pictureHeight: {
        begin: call.pictureHeight(0, 0.25 * callMs),
        end: call.pictureHeight(endMs, Infinity),
      },
      residentMiB: { control: control.residentMiB, worker: worker.residentMiB },
      growth: { control: control.growthSince(WARM_AFTER_MS), worker: worker.growthSince(WARM_AFTER_MS) },
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    await mkdir(artefacts, { recursive: true });
    const { windows } = call;
    const details = { figures, frozen, windows, control: control.looks, worker: worker.looks, received };
    await writeFile(`${artefacts}figures.json`, JSON.stringify(details, null, 1));

    expect(frozen).toEqual([]);
    expect(figures.lost.towardsGuests).toBeGreaterThan(100 * minutes);
    expect(figures.reordered).toBeGreaterThan(100 * minutes);
    for (const recovered of figures.framesPerSecond.recovered) {
      expect(recovered).toBeGreaterThan(0.85 * figures.framesPerSecond.begin);
    }
    expect(figures.framesPerSecond.end).toBeGreaterThan(0.9 * figures.framesPerSecond.begin);
    expect(figures.pictureHeight.end).toBeGreaterThanOrEqual(figures.pictureHeight.begin);
    for (const growth of Object.values(figures.growth)) {
      expect(growth.residentMiB).toBeLessThan(32);
      expect(growth.heapMiB).toBeLessThan(8);
      expect(growth.udpSockets).toBeLessThanOrEqual(0);
      expect(growth.tcpSockets).toBeLessThanOrEqual(0);
      expect(growth.timers).toBeLessThanOrEqual(0);
    }
  },
  callMs + 240_000,
);
