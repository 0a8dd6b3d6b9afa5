import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { kindOfProcess, openDescriptors, whatGrew } from '../../chaos/processes.ts';

describe('what a process of the runtime is for', () => {
  it.each([
    ['12 /usr/bin/node /home/me/runtime/main.ts serve --port 0', 'control'],
    ['13 /usr/bin/node /home/me/runtime/worker/media-worker-process.ts', 'worker'],
    [
      '14 /usr/bin/node --single-threaded-gc /home/me/runtime/media/compose/compositor-process.ts',
      'compositor',
    ],
    ['15 /usr/bin/node /home/me/runtime/media/speech/listener-process.ts', 'listener'],
    ['16 ffmpeg -hide_banner -f flv -i pipe:0', 'ffmpeg'],
    ['17 /usr/bin/ffmpeg -hide_banner', 'ffmpeg'],
    ['18 ffprobe -v error file.mp4', null],
    ['19', null],
  ])('is told from its command line: %s', (description, kind) => {
    expect(kindOfProcess(description)).toBe(kind);
  });
});

describe('what a process holds open', () => {
  it('is compared by what it is', () => {
    const before = ['socket', 'socket', '/data/roomflow.db', 'pipe'];
    expect(whatGrew(before, ['socket', 'socket', 'socket', '/data/roomflow.db', '/data/a.mp4'])).toEqual([
      '1 socket',
      '1 /data/a.mp4',
    ]);
    expect(whatGrew(before, before)).toEqual([]);
  });
});

describe('openDescriptors', () => {
  it('leaves out connections that a client keeps alive, and no other sockets', async () => {
    const server = createServer((_request, response) => response.end('here')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const sockets = async (served: number | null): Promise<number> =>
      (await openDescriptors(process.pid, served)).filter((descriptor) => descriptor === 'socket').length;
    const before = await sockets(port);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
    await once(socket, 'data');

    // The client's own end is in this process too, and is its to close.
    expect(await sockets(port)).toBe(before + 1);
    expect(await sockets(null)).toBe(before + 2);

    socket.destroy();
    server.close();
    await once(server, 'close');
  });
});
