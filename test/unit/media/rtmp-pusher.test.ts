import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FlvPacket } from '../../../runtime/media/flv/index.ts';
import { parseDestination } from '../../../runtime/media/rtmp/destination.ts';
import { GroupCache } from '../../../runtime/media/rtmp/group-cache.ts';
import { createRtmpPusher, type PusherStatus } from '../../../runtime/media/rtmp/pusher.ts';
import type { PushAttempt } from '../../../runtime/media/rtmp/resolved-push.ts';

const configurationOf = (name: string) => ({
  opening: Buffer.from(`<opening ${name}>`),
  change: Buffer.from(`<change ${name}>`),
});
const first = configurationOf('first');

const packet = (timestampMs: number, key = false, configuration = first): FlvPacket => ({
  kind: 'video',
  key,
  timestampMs,
  data: Buffer.from(`<${key ? 'key' : 'inter'} ${timestampMs}>`),
  configuration,
});

/** A connection that the test plays the other side of. */
type Played = { options: PushAttempt; written: string; takes: boolean; killed: boolean; ended: boolean };

function play() {
  const connections: Played[] = [];
  const statuses: PusherStatus[] = [];
  const recent = new GroupCache();
  const pusher = createRtmpPusher({
    destination: parseDestination({ url: 'rtmp://host/live', streamKey: 'hush-hush' }),
    bitrateBps: 2_500_000,
    recent,
    onChange: (status) => statuses.push(status),
    now: () => Date.now(),
    random: () => 0,
    connect(options) {
      const played: Played = { options, written: '', takes: true, killed: false, ended: false };
      connections.push(played);
      return {
        write(bytes) {
          played.written += Buffer.from(bytes).toString();
          return played.takes;
        },
        end() {
          played.ended = true;
          return Promise.resolve();
        },
        kill() {
          played.killed = true;
        },
      };
    },
  });
  return {
    /** The server takes bytes for long enough. */
    async accept(bytes = 1000): Promise<void> {
      const { options } = connections.at(-1)!;
      options.onProgress(bytes - 500);
      await vi.advanceTimersByTimeAsync(500);
      options.onProgress(bytes);
    },
    pusher,
    connections,
    statuses,
    push(next: FlvPacket) {
      recent.push(next);
      pusher.push(next);
    },
    now: () => connections.at(-1)!,
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a destination', () => {
  it('is live once the server goes on taking the stream', async () => {
    const { accept, pusher, statuses } = play();
    expect(pusher.status().state).toBe('connecting');
    await accept();
    expect(statuses).toMatchObject([{ state: 'live', bytesSent: 1000, retries: 0, lastError: null }]);
    await pusher.stop();
  });

  it('begins each connection with headers and a key frame, and goes on from there', async () => {
    const { accept, pusher, push, connections, now } = play();
    push(packet(0, true));
    push(packet(33));
    await accept();
    now().options.onEnd(['rtmp://host/: Broken pipe']);
    push(packet(66));
    await vi.advanceTimersByTimeAsync(300);
    push(packet(100));
    expect(connections.map(({ written }) => written)).toEqual([
      '<opening first><key 0><inter 33>',
      '<opening first><key 0><inter 33><inter 66><inter 100>',
    ]);
    await pusher.stop();
  });

  it('is told of another decoder configuration in front of its key frame', async () => {
    const { pusher, push, now } = play();
    push(packet(0, true));
    push(packet(33, true, configurationOf('second')));
    expect(now().written).toBe('<opening first><key 0><change second><key 33>');
    await pusher.stop();
  });

  it('is retried with growing pauses, counted, and told of without its key', async () => {
    const { pusher, connections, now, statuses } = play();
    const starts: number[] = [Date.now()];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      now().options.onEnd(['[rtmp @ 0x1] Server error: hush-hush is not welcome']);
      const known = connections.length;
      while (connections.length === known) {
        await vi.advanceTimersByTimeAsync(10);
      }
      starts.push(Date.now());
    }
    const pauses = starts.slice(1).map((at, index) => at - starts[index]!);
    expect(pauses.every((pause, index) => index === 0 || pause >= pauses[index - 1]!)).toBe(true);
    expect(pauses.at(-1)).toBeLessThanOrEqual(4000);
    expect(pusher.status()).toMatchObject({
      retries: 6,
      lastError: 'Server error: [hidden] is not welcome',
    });
    expect(JSON.stringify(statuses)).not.toContain('hush');
    await pusher.stop();
  });

  it('begins with short pauses again after it has held for a while, and not when it flaps', async () => {
    const { accept, pusher, now } = play();
    const loseAfter = async (ms: number): Promise<void> => {
      await accept();
      await vi.advanceTimersByTimeAsync(ms);
      now().options.onEnd([]);
    };
    for (let flap = 0; flap < 5; flap += 1) {
      await loseAfter(1000);
      await vi.advanceTimersByTimeAsync(3600);
    }
    await loseAfter(1000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(pusher.status().state).toBe('retrying');
    await vi.advanceTimersByTimeAsync(2600);
    await loseAfter(20_000);
    await vi.advanceTimersByTimeAsync(300);
    expect(pusher.status().state).toBe('connecting');
    await pusher.stop();
  });

  it('that accepts and stays silent is given up within ten seconds', async () => {
    const { pusher, now, connections } = play();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(connections[0]).toMatchObject({ killed: true, ended: true });
    expect(pusher.status().lastError).toMatch(/does not answer/);
    expect(now()).not.toBe(connections[0]);
    await pusher.stop();
  });

  it('that stops reading is given up within ten seconds', async () => {
    const { accept, pusher, push, connections } = play();
    push(packet(0, true));
    await accept();
    connections[0]!.takes = false;
    for (let at = 33; at < 10_000; at += 33) {
      push(packet(at, at % 1000 < 33));
      await vi.advanceTimersByTimeAsync(33);
    }
    expect(connections[0]!.killed).toBe(true);
    expect(pusher.status().lastError).toMatch(/stopped taking data/);
    await pusher.stop();
  });

  it('that cannot keep up loses groups of pictures, and the pushing side never waits', async () => {
    const { accept, pusher, push, now } = play();
    push(packet(0, true));
    await accept();
    now().takes = false;
    for (let at = 33; at < 8000; at += 33) {
      push(packet(at, at % 1000 < 33));
    }
    expect(pusher.status().framesDropped).toBeGreaterThan(100);
    now().takes = true;
    now().options.onDrain();
    expect(now().written).toMatch(/<inter 33><key \d+>/);
    await pusher.stop();
  });

  it('ends with its connection when it is stopped, for good', async () => {
    const { accept, pusher, now, connections, statuses } = play();
    await accept();
    await pusher.stop();
    await pusher.stop();
    expect(now().ended).toBe(true);
    expect(statuses.at(-1)).toMatchObject({ state: 'stopped', bytesSent: 1000 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connections).toHaveLength(1);
  });
});
