import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  freePort,
  spawnProcess,
  temporaryDirectory,
  type SpawnedProcess,
  type TemporaryDirectory,
} from '../temporary/index.ts';

/** nginx with its RTMP module, as a platform's server: what is published to it is recorded. */
export type RtmpServer = AsyncDisposable & {
  port: number;
  /** Takes every stream. */
  url: string;
  /** Refuses every stream, after a good handshake. */
  refusingUrl: string;
  /** What was published under a key, oldest first: a file a connection. */
  recordings(key: string): Promise<string[]>;
  /** Ends as a machine that loses power. */
  kill(): Promise<void>;
  start(): Promise<void>;
};

const MODULE = '/usr/lib/nginx/modules/ngx_rtmp_module.so';

export async function startRtmpServer(): Promise<RtmpServer> {
  const directory = await temporaryDirectory('roomflow-nginx-');
  const port = await freePort();
  await mkdir(directory.entry('recorded'));
  await writeFile(directory.entry('nginx.conf'), configuration(directory, port));
  let server: SpawnedProcess | null = null;

  const start = async (): Promise<void> => {
    server = await spawnProcess('/usr/sbin/nginx', [
      ...['-c', directory.entry('nginx.conf'), '-p', directory.path],
      ...['-e', directory.entry('error.log')],
    ]);
    await untilListening(port);
  };
  await start();
  return {
    port,
    url: `rtmp://127.0.0.1:${port}/live`,
    refusingUrl: `rtmp://127.0.0.1:${port}/refusing`,
    async recordings(key) {
      const names = await readdir(directory.entry('recorded'));
      return names
        .filter((name) => name.startsWith(`${key}-`))
        .sort()
        .map((name) => directory.entry('recorded', name));
    },
    async kill() {
      server?.signal('SIGKILL');
      await server?.ended;
    },
    start,
    [Symbol.asyncDispose]: async () => {
      await server?.end();
      await directory[Symbol.asyncDispose]();
    },
  };
}

const configuration = (directory: TemporaryDirectory, port: number): string => `
load_module ${MODULE};
daemon off;
master_process off;
pid ${directory.entry('nginx.pid')};
error_log ${directory.entry('error.log')};
events { worker_connections 64; }
rtmp {
  access_log off;
  server {
    listen 127.0.0.1:${port};
    application live { live on; record all; record_path ${directory.entry('recorded')}; record_unique on; }
    application refusing { live on; deny publish all; }
  }
}
`;

async function untilListening(port: number): Promise<void> {
  const giveUpAtMs = performance.now() + 10_000;
  for (;;) {
    const isListening = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
    if (isListening) {
      return;
    }
    if (performance.now() > giveUpAtMs) {
      throw new Error(`nginx does not listen on 127.0.0.1:${port}.`);
    }
    await delay(20);
  }
}
