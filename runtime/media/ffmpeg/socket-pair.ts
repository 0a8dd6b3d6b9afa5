import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where bytes are put as they come. */
export type ByteSink = {
  /** Memory for what comes next, asked for at first and then whenever some was filled; never empty. */
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
  let near: Socket | undefined;
  try {
    const path = join(directory, 'pair');
    const listening = once(server, 'listening');
    server.listen(path);
    await listening;
    near = connectTo(path, sink);
    return { near, far: await acceptedBy(server, near) };
  } catch (error) {
    near?.destroy();
    throw error;
  } finally {
    server.close();
    // What is left is an empty name in a folder for such.
    await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  }
};

const connectTo = (path: string, sink: ByteSink): Socket => {
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
  // It is closed then, which is all that anybody wants to know.
  near.on('error', () => undefined);
  return near;
};

/** The other end of `near`; rejects when there is none: without descriptors the system closes what it has accepted. */
const acceptedBy = async (server: Server, near: Socket): Promise<Socket> => {
  const gone = once(near, 'close').then(() => {
    throw new Error('the socket was closed before it was accepted');
  });
  const accepted = new Promise<Socket>((resolve, reject) => {
    server.once('connection', resolve).on('error', reject);
  });
  const [far] = await Promise.race([Promise.all([accepted, once(near, 'connect')]), gone]);
  return far;
};

export const closePair = ({ near, far }: SocketPair): void => {
  near.destroy();
  far.destroy();
};
