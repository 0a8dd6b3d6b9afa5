import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RtmpPushOptions } from '../../../runtime/media/ffmpeg/index.ts';
import { destinationAt, parseDestination } from '../../../runtime/media/rtmp/destination.ts';
import { startResolvedPush } from '../../../runtime/media/rtmp/resolved-push.ts';

const destination = parseDestination({ url: 'rtmp://live.example:1936/app?token=hush', streamKey: 'key' });

function play(addressOf: (hostname: string, attempt: number) => Promise<string>, takes = true) {
  const connections: { options: RtmpPushOptions; written: string; ended: boolean }[] = [];
  const told: unknown[] = [];
  const push = startResolvedPush(
    {
      destination,
      attempt: 3,
      sendBufferBytes: 1000,
      onProgress: (bytes) => told.push({ bytes }),
      onDrain: () => told.push('drain'),
      onEnd: (complaints) => told.push({ complaints }),
    },
    addressOf,
    (options) => {
      const connection = { options, written: '', ended: false };
      connections.push(connection);
      return {
        write(flv) {
          connection.written += Buffer.from(flv).toString();
          return takes;
        },
        end() {
          connection.ended = true;
          return Promise.resolve();
        },
        kill: () => told.push('kill'),
      };
    },
  );
  return { push, connections, told };
}

describe('a push to a host', () => {
  it('goes to the address that was looked up and checked, under the name it was given', async () => {
    const asked: unknown[] = [];
    const { connections } = play((...of) => {
      asked.push(of);
      return Promise.resolve('203.0.113.7');
    });
    await setImmediate();
    expect(asked).toEqual([['live.example', 3]]);
    expect(connections[0]?.options.target).toMatchObject({
      serverUrl: 'rtmp://203.0.113.7:1936/',
      calledUrl: 'rtmp://live.example:1936/app?token=hush',
      application: 'app?token=hush',
      playPath: 'key',
    });
  });

  it('holds what is written until the address is known, and then asks for more', async () => {
    const { push, connections, told } = play(() => Promise.resolve('203.0.113.7'));
    expect([push.write(Buffer.from('head ')), push.write(Buffer.from('key '))]).toEqual([false, false]);
    expect(told).toEqual([]);
    await setImmediate();
    expect(connections[0]?.written).toBe('head key ');
    expect(told).toEqual(['drain']);
    expect(push.write(Buffer.from('next'))).toBe(true);
    expect(connections[0]?.written).toBe('head key next');
  });

  it('waits for the connection’s own word where that takes no more for now', async () => {
    const { push, told } = play(() => Promise.resolve('203.0.113.7'), false);
    push.write(Buffer.from('head'));
    await setImmediate();
    expect(told).toEqual([]);
  });

  it('is made nowhere when the host is where it may not be', async () => {
    const { connections, told } = play(() => Promise.reject(new Error('"live.example" is at 10.0.0.1')));
    await setImmediate();
    expect(connections).toEqual([]);
    expect(told).toEqual([{ complaints: ['"live.example" is at 10.0.0.1'] }]);
  });

  it('is not made any more once it has been ended', async () => {
    const { push, connections } = play(() => Promise.resolve('203.0.113.7'));
    await push.end(100);
    expect(connections).toEqual([]);
  });
});

describe('a destination at an address', () => {
  const at = (url: string, address: string) =>
    destinationAt(parseDestination({ url, streamKey: 'key' }), address);

  it('has the usual port, and brackets where the address needs them', () => {
    expect(at('rtmp://live.example/app', '2001:db8::1')).toMatchObject({
      serverUrl: 'rtmp://[2001:db8::1]:1935/',
      calledUrl: 'rtmp://live.example:1935/app',
    });
  });

  it('keeps its name where a certificate is held against it, and where it has none', () => {
    expect(at('rtmps://live.example/app', '203.0.113.7').serverUrl).toBe('rtmps://live.example/');
    expect(at('rtmp://203.0.113.7/app', '203.0.113.7').serverUrl).toBe('rtmp://203.0.113.7/');
  });
});
