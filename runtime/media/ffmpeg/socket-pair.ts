import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where bytes are put as they come. */
export type ByteSink = {
  /** Memory for what comes next, asked for before each read; never empty. */
  space(): Uint8Array;
  /** The first so many bytes of that memory have come. */
  filled(bytes: number): void;
};

/** Two ends of one connection. */
export type SocketPair = {
  /** Reads into the sink by itself, as long as it is not paused. */
  near: Socket;
  /** To be handed to a process as one of its descriptors, and then destroyed. */
  far: Socket;
};

/**
 * Connects two sockets over a name that only this user can reach and that is gone afterwards. Node's own pipes to a
 * process read into 64 kB of new memory each time, and what comes has to be copied from there.
 */
export const openSocketPair = async (sink: ByteSink): Promise<SocketPair> => {
  const directory = await mkdtemp(join(tmpdir(), 'roomflow-'));
  const server = createServer({ pauseOnConnect: true });
  try {
    const path = join(directory, 'pair');
    const listening = once(server, 'listening');
    server.listen(path);
    await listening;
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const near = connect({
      path,
      onread: {
        buffer: () => sink.space(),
        callback(bytes) {
          sink.filled(bytes);
          return true;
        },
      },
    });
    const connected = once(near, 'connect');
    const [far] = await Promise.all([accepted, connected]);
    return { near, far };
  } finally {
    server.close();
    await rm(directory, { recursive: true, force: true });
  }
};

export const closePair = ({ near, far }: SocketPair): void => {
  near.destroy();
  far.destroy();
};
