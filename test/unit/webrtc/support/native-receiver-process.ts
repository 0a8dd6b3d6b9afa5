/** Ends while sockets are open and datagrams come: by itself, by what a listener throws, or a thread of it. */
import { Worker, isMainThread, workerData } from 'node:worker_threads';
import { nativeHelper } from '../../../../runtime/webrtc/fast-path/index.ts';
import { DatagramSocket } from '../../../../runtime/webrtc/fast-path/wire/datagram-socket.ts';

const how = isMainThread ? process.argv[2] : (workerData as string);

async function receive(onDatagram: () => void): Promise<void> {
  const receiver = nativeHelper().helper?.receiver;
  const [alice, bob] = await Promise.all([0, 1].map(() => DatagramSocket.bind('127.0.0.1', 0, receiver)));
  if (alice === undefined || bob === undefined) {
    throw new Error('there are no sockets');
  }
  alice.onDatagram = () => {
    onDatagram();
    alice.send(Buffer.from('pong'), 4, bob.port, bob.address);
  };
  bob.onDatagram = () => bob.send(Buffer.from('ping'), 4, alice.port, alice.address);
  bob.onDatagram(Buffer.alloc(0), '', 0);
}

let datagrams = 0;
if (how === 'worker') {
  // The thread is ended while it plays; this one goes on to receive, and then has nothing left to do.
  const thread = new Worker(new URL(import.meta.url), { workerData: 'play' });
  thread.once('message', () => {
    void thread.terminate().then(() => receive(() => ++datagrams === 100 && process.exit(0)));
  });
} else if (how === 'play') {
  const { parentPort } = await import('node:worker_threads');
  await receive(() => ++datagrams === 100 && parentPort?.postMessage('playing'));
} else {
  await receive(() => {
    if (++datagrams === 100) {
      if (how === 'exit') {
        process.exit(0);
      }
      throw new Error('nobody catches it');
    }
  });
}

process.on('uncaughtException', () => process.exit(7));
