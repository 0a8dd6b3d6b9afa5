/** A process that receives with the native helper, and ends as its argument says. */
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { nativeHelper } from '../../../../runtime/webrtc/fast-path/index.ts';
import { DatagramSocket } from '../../../../runtime/webrtc/fast-path/wire/datagram-socket.ts';

const host = '127.0.0.1';
const enough = 100;
const receiver = nativeHelper().helper?.receiver;
if (receiver === undefined) {
  throw new Error('the helper does not load');
}

/** Two sockets that answer each other for ever. */
async function play(onEnough: () => void): Promise<DatagramSocket[]> {
  const alice = await DatagramSocket.bind(host, 0, receiver);
  const bob = await DatagramSocket.bind(host, 0, receiver);
  let datagrams = 0;
  alice.onDatagram = () => {
    alice.send(Buffer.from('pong'), 4, bob.port, host);
    datagrams++;
    if (datagrams === enough) {
      onEnough();
    }
  };
  bob.onDatagram = () => bob.send(Buffer.from('ping'), 4, alice.port, host);
  bob.send(Buffer.from('ping'), 4, alice.port, host);
  return [alice, bob];
}

/** Three datagrams come together, and what hears them throws for the first. */
async function throwOnce(): Promise<void> {
  const alice = await DatagramSocket.bind(host, 0, receiver);
  process.on('uncaughtException', (error) => process.send?.(`caught ${error.message}`));
  alice.onDatagram = (data) => {
    const name = data.toString();
    process.send?.(`heard ${name}`);
    if (name === 'one') {
      throw new Error(name);
    }
    if (name === 'three') {
      process.disconnect();
      void alice.close();
    }
  };
  for (const name of ['one', 'two', 'three']) {
    alice.send(Buffer.from(name), name.length, alice.port, host);
  }
}

/** The thread is ended while it plays; the process goes on to receive. */
function endThread(): void {
  const thread = new Worker(new URL(import.meta.url));
  thread.once('message', () => {
    void thread.terminate().then(() => play(() => process.exit(12)));
  });
}

/** Nothing but the sockets keeps the process alive. */
async function closeAll(): Promise<void> {
  process.disconnect();
  const sockets = await play(() => {
    process.exitCode = 14;
    sockets.forEach((socket) => void socket.close());
  });
}

const endings = {
  exit: () => play(() => process.exit(11)),
  thread: endThread,
  close: closeAll,
  throw: throwOnce,
};

if (isMainThread) {
  await endings[process.argv[2] as keyof typeof endings]();
} else {
  await play(() => parentPort?.postMessage('playing'));
}
