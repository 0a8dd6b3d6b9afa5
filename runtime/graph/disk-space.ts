import { statfsSync } from 'node:fs';
import { RoomflowError } from '../contract/index.ts';

/** How often a disk that is being recorded to is looked at. */
const CHECK_EVERY_MS = 5000;

/** Bytes that can still be written below `directory`. */
export function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** Refuses to begin before the disk is full, so that what is being recorded can still be finished. */
export function requireFreeDisk(directory: string, minimumBytes: number): void {
  const free = freeBytes(directory);
  if (free < minimumBytes) {
    throw new RoomflowError(
      'disk-full',
      `Only ${megabytes(free)} MB are free in ${directory}; ${megabytes(minimumBytes)} MB are kept free. Make room, or lower minimumFreeDiskBytes.`,
    );
  }
}

/** True when recordings that run have to be ended while their ends can still be written. Pure. */
export function mustEndRecordings(free: number, minimumBytes: number): boolean {
  return free < minimumBytes / 2;
}

/**
 * Calls `onLow` while the disk is so full that running recordings must end.
 *
 * @returns ends the watch.
 */
export function watchDisk(options: {
  directory: string;
  minimumBytes: number;
  onLow(free: number): void;
  onError(error: unknown): void;
}): () => void {
  const timer = setInterval(() => {
    try {
      const free = freeBytes(options.directory);
      if (mustEndRecordings(free, options.minimumBytes)) {
        options.onLow(free);
      }
    } catch (error) {
      options.onError(error);
    }
  }, CHECK_EVERY_MS);
  return () => {
    clearInterval(timer);
  };
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
