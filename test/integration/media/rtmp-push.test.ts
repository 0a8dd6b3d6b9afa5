import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutboundGuard } from '../../../runtime/config/index.ts';
import {
  createRtmpBroadcast,
  parseDestination,
  type EncodedFrame,
  type PusherStatus,
  type RtmpBroadcast,
} from '../../../runtime/media/index.ts';
import {
  encodeForRtmp,
  makeCertificate,
  readRecordedStream,
  startRtmpServer,
  startSilentServer,
  startStallingProxy,
  startTlsTerminator,
  type RtmpServer,
} from '../../support/rtmp/index.ts';
import { freePort, temporaryDirectory } from '../../support/temporary/index.ts';

const SIZE = { width: 640, height: 360 };
/** A whole number of pictures and of sound frames, so that the clip can be sent over and over. */
const CLIP_SECONDS = 8;
const FRAME_MS = 1000 / 30;
const KBPS = 2500;

let clip: EncodedFrame[];
let server: RtmpServer;

beforeAll(async () => {
  const encoded = await encodeForRtmp({ ...SIZE, seconds: CLIP_SECONDS, kbps: KBPS });
  clip = encoded.filter(({ timestampMs }) => timestampMs < CLIP_SECONDS * 1000 - 1);
  server = await startRtmpServer();
});
afterAll(() => server[Symbol.asyncDispose]());

type Change = { outputId: string; status: PusherStatus; atMs: number };

/** The clip over and over, in real time, to a broadcast. */
function broadcasting(): AsyncDisposable & {
  broadcast: RtmpBroadcast;
  changes: Change[];
  pictures(): number;
  changed(outputId: string, state: PusherStatus['state'], sinceMs?: number): Promise<Change>;
  seconds(seconds: number): Promise<void>;
} {
  const changes: Change[] = [];
  const broadcast = createRtmpBroadcast({
    stream: {
      video: { ...SIZE, bitrateBps: KBPS * 1000, frameRate: 30 },
      audio: { bitrateBps: 128_000 },
    },
    addressOf: createOutboundGuard(['loopback']).addressOf,
    requestKeyFrame() {
      throw new Error('An encoder with regular key frames was asked for one');
    },
    onChange(outputId, status) {
      changes.push({ outputId, status, atMs: performance.now() });
    },
  });
  const startedAtMs = performance.now();
  let next = 0;
  let pictures = 0;
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - startedAtMs;
    for (;;) {
      const frame = clip[next % clip.length]!;
      const timestampMs = Math.floor(next / clip.length) * CLIP_SECONDS * 1000 + frame.timestampMs;
      if (timestampMs > elapsedMs) {
        return;
      }
      broadcast.push({ ...frame, timestampMs });
      pictures += frame.kind === 'video' ? 1 : 0;
      next += 1;
    }
  }, 5);
  return {
    broadcast,
    changes,
    pictures: () => pictures,
    async changed(outputId, state, sinceMs = 0) {
      await expect
        .poll(() => changes.some((change) => matches(change)), { timeout: 30_000, interval: 20 })
        .toBe(true);
      return changes.find((change) => matches(change))!;
      function matches(change: Change): boolean {
        return change.outputId === outputId && change.status.state === state && change.atMs >= sinceMs;
      }
    },
    async seconds(seconds) {
      const until = pictures + seconds * 30;
      await expect.poll(() => pictures >= until, { timeout: seconds * 2000 + 10_000 }).toBe(true);
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await broadcast.stop();
    },
  };
}

const to = (url: string, streamKey: string) => parseDestination({ url, streamKey });

describe('a broadcast', () => {
  it('reaches a good server unbroken, whatever the bad ones beside it do', async () => {
    await using silent = await startSilentServer();
    await using live = broadcasting();
    live.broadcast.add('good', to(server.url, 'unbroken'));
    live.broadcast.add('silent', to(`rtmp://127.0.0.1:${silent.port}/live`, 'k'));
    live.broadcast.add('closed', to(`rtmp://127.0.0.1:${await freePort()}/live`, 'k'));
    live.broadcast.add('refusing', to(server.refusingUrl, 'not-welcome'));
    await live.changed('good', 'live');
    const silentLost = await live.changed('silent', 'retrying');
    expect(silentLost.status.lastError).toMatch(/does not answer the RTMP handshake/);
    await live.seconds(4);
    const statuses = live.broadcast.statuses();
    expect(statuses.get('closed')).toMatchObject({
      state: expect.stringMatching(/retrying|connecting/) as string,
      lastError: 'Connection refused',
      bytesSent: 0,
    });
    expect(statuses.get('closed')!.retries).toBeGreaterThan(3);
    expect(
      live.changes.filter(({ outputId, status }) => outputId === 'refusing' && status.state === 'live'),
    ).toEqual([]);
    expect(statuses.get('refusing')!.retries).toBeGreaterThan(3);
    expect(statuses.get('good')).toMatchObject({
      state: 'live',
      framesDropped: 0,
      retries: 0,
      lastError: null,
    });
    const sent = live.pictures();
    await live.broadcast.stop();

    const [file, ...more] = await server.recordings('unbroken');
    expect(more).toEqual([]);
    const recorded = await readRecordedStream(file!);
    expect(recorded).toMatchObject({ ...SIZE, complaints: '' });
    expect(recorded.longestPictureGapMs).toBeLessThanOrEqual(Math.ceil(FRAME_MS));
    expect(recorded.longestSoundGapMs).toBeLessThanOrEqual(22);
    // What was on its way when the broadcast was stopped may be missing.
    expect(recorded.pictures).toBeGreaterThanOrEqual(sent - 15);
    expect(recorded.pictures).toBeLessThanOrEqual(sent);
  });

  it('finds a server that stops reading within ten seconds', async () => {
    await using proxy = await startStallingProxy(server.port);
    await using live = broadcasting();
    live.broadcast.add('stalling', to(`rtmp://127.0.0.1:${proxy.port}/live`, 'stalling'));
    await live.changed('stalling', 'live');
    await live.seconds(2);
    const stalledAtMs = performance.now();
    proxy.stall();
    const lost = await live.changed('stalling', 'retrying', stalledAtMs);
    expect(lost.atMs - stalledAtMs).toBeLessThan(10_000);
    expect(lost.status.lastError).toMatch(/stopped taking data/);
  });

  it('is back within five seconds of a server that was killed, beginning with a key frame', async () => {
    await using live = broadcasting();
    live.broadcast.add('killed', to(server.url, 'killed'));
    await live.changed('killed', 'live');
    await live.seconds(2);
    const killedAtMs = performance.now();
    await server.kill();
    await live.changed('killed', 'retrying', killedAtMs);
    await live.seconds(4);
    const restartedAtMs = performance.now();
    await server.start();
    const back = await live.changed('killed', 'live', restartedAtMs);
    expect(back.atMs - restartedAtMs).toBeLessThan(5000);
    expect(back.status.framesDropped).toBeGreaterThan(60);
    await live.seconds(2);
    await live.broadcast.stop();
    const files = await server.recordings('killed');
    expect(files).toHaveLength(2);
    const recorded = await readRecordedStream(files[1]!);
    expect(recorded.complaints).toBe('');
    expect(recorded.longestPictureGapMs).toBeLessThanOrEqual(Math.ceil(FRAME_MS));
  });

  it('can be sent to more servers and to fewer while it runs', async () => {
    await using live = broadcasting();
    live.broadcast.add('first', to(server.url, 'first'));
    await live.changed('first', 'live');
    await live.seconds(1.5);
    live.broadcast.add('second', to(server.url, 'second'));
    await live.changed('second', 'live');
    await live.broadcast.remove('first');
    await live.seconds(1.5);
    await live.broadcast.stop();
    expect(live.changes.filter(({ outputId }) => outputId === 'first').at(-1)!.status.state).toBe('stopped');
    for (const key of ['first', 'second']) {
      const [file] = await server.recordings(key);
      const recorded = await readRecordedStream(file!);
      expect(recorded.complaints).toBe('');
      expect(recorded.pictures).toBeGreaterThan(30);
    }
  });
});

describe('a stream key', () => {
  it('is not on the command line of ffmpeg, nor in its environment', async () => {
    await using live = broadcasting();
    live.broadcast.add('hidden', parseDestination({ url: server.url, streamKey: 'hush-hush?pass=word' }));
    await live.changed('hidden', 'live');
    const children = childrenOf(process.pid).filter((pid) => readProc(pid, 'cmdline').includes('ffmpeg'));
    expect(children.length).toBeGreaterThan(0);
    for (const pid of children) {
      expect(readProc(pid, 'cmdline') + readProc(pid, 'environ')).not.toMatch(/hush|pass=word|live/);
    }
    await live.seconds(1);
    await live.broadcast.stop();
    // And yet it is what the server was given.
    expect(await server.recordings('hush-hush')).toHaveLength(1);
  });
});

describe('a server that speaks TLS', () => {
  it('is taken when its certificate is trusted, and refused when it is not', async () => {
    await using directory = await temporaryDirectory('roomflow-tls-');
    const certificate = await makeCertificate(directory);
    await using terminator = await startTlsTerminator(server.port, certificate);
    const url = `rtmps://localhost:${terminator.port}/live`;
    await using live = broadcasting();
    live.broadcast.add('stranger', to(url, 'stranger'));
    const refused = await live.changed('stranger', 'retrying');
    expect(refused.status.lastError).toMatch(/certificate/i);
    const trusted = getCACertificates();
    try {
      setDefaultCACertificates([...trusted, certificate.cert]);
      live.broadcast.add('friend', to(url, 'friend'));
      await live.changed('friend', 'live');
      await live.seconds(2);
      await live.broadcast.stop();
    } finally {
      setDefaultCACertificates(trusted);
    }
    const [file] = await server.recordings('friend');
    expect((await readRecordedStream(file!)).complaints).toBe('');
  });
});

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

const readProc = (pid: number, file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8');
