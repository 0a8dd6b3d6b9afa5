import { startWorkerPool, type WorkerPool } from '../../../../runtime/worker/index.ts';

/** Starts workers from source, whose media goes over loopback only. What they log is left out. */
export function startLoopbackPool(options: {
  count: number;
  directory: string;
  udpPort: number | null;
}): WorkerPool {
  return startWorkerPool({
    count: options.count,
    entry: new URL('../../../../runtime/worker/media-worker-process.ts', import.meta.url),
    lockedFolder: options.directory,
    settings: {
      bindAddresses: ['127.0.0.1'],
      announcedAddresses: [],
      udpPortRange: null,
      udpPort: options.udpPort,
      iceServers: [],
      packetPath: 'fast',
      outboundAllowList: ['loopback'],
      speech: { engines: {}, voices: {} },
      validateMessages: true,
    },
    log() {
      // How it went is told by what the workers report.
    },
  });
}
