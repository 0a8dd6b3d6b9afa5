import { mkdirSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodedFrame } from '../frame.ts';
import { HlsSegmenter } from './segmenter.ts';
import type { HlsUpdate } from './updates.ts';

/** Lengths that every stream has. A part is six pictures of 1/30 s; a segment one key frame interval. */
export const HLS_PART_TARGET_MS = 200;
export const HLS_SEGMENT_TARGET_MS = 2000;
/** Half a segment is enough to begin with, and there a second earlier. */
const FIRST_SEGMENT_MS = 1000;

/** More than this many unwritten bytes mean the disk cannot keep up. */
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

export type HlsPackagerOptions = {
  /** Where the files of this rendition go; made when it is not there. */
  directory: string;
  rendition: string;
  /** Stands in the names of the files: one more after each crash, so that no name is used twice. */
  generation: number;
  hasVideo: boolean;
  requestKeyFrame(): void;
  onUpdate(update: HlsUpdate): void;
  /** Nothing more can be written. Called once. */
  onFailure(error: Error): void;
};

/** Makes one rendition's files. `write` never waits and never throws. */
export type HlsPackager = {
  write(frame: EncodedFrame): void;
  /** There is a hole in the stream; it goes on from the next key frame. */
  interrupt(): void;
  /** Writes what is held and resolves when all has been told. Idempotent. */
  finish(): Promise<void>;
  stats(): { bytes: number; durationMs: number; parts: number };
};

/**
 * Writes initialization segments, parts and segments of low-latency HLS as files. Each appears whole, under its final
 * name, before it is told; a segment file is the concatenation of its parts.
 */
export const createHlsPackager = (options: HlsPackagerOptions): HlsPackager => {
  const { directory, rendition, generation } = options;
  mkdirSync(directory, { recursive: true });
  let writing = Promise.resolve();
  let queuedBytes = 0;
  let failed = false;
  let finished = false;
  let inits = 0;
  let parts = 0;
  let segments = 0;
  let bytes = 0;
  let durationMs = 0;
  let segment: Buffer[] = [];

  const fail = (error: unknown): void => {
    if (!failed) {
      failed = true;
      options.onFailure(error instanceof Error ? error : new Error(String(error)));
    }
  };

  const partUri = (number: number): string => `part-${generation}-${number}.m4s`;

  /** Files are written one after the other, so that they are told in order. */
  const store = (contents: readonly Buffer[], update: HlsUpdate): void => {
    const size = contents.reduce((sum, chunk) => sum + chunk.length, 0);
    queuedBytes += size;
    if (queuedBytes > MAX_QUEUED_BYTES) {
      fail(new Error(`The disk does not keep up: ${queuedBytes} bytes of an HLS stream wait for it.`));
    }
    writing = writing.then(async () => {
      if (failed) {
        return;
      }
      try {
        await writeWhole(join(directory, update.uri), contents);
        options.onUpdate(update);
      } catch (error) {
        fail(error);
      } finally {
        queuedBytes -= size;
      }
    });
  };

  const segmenter = new HlsSegmenter({
    hasVideo: options.hasVideo,
    partTargetMs: HLS_PART_TARGET_MS,
    segmentTargetMs: HLS_SEGMENT_TARGET_MS,
    firstSegmentMs: FIRST_SEGMENT_MS,
    requestKeyFrame() {
      options.requestKeyFrame();
    },
    output: {
      init({ bytes: contents, codecs, width, height }) {
        inits += 1;
        const uri = `init-${generation}-${inits}.mp4`;
        store([contents], { kind: 'hls-init', rendition, uri, codecs, width, height });
      },
      part(part) {
        parts += 1;
        bytes += part.bytes.length;
        durationMs += part.durationMs;
        segment.push(part.bytes);
        store([part.bytes], {
          kind: 'hls-part',
          rendition,
          uri: partUri(parts),
          nextUri: partUri(parts + 1),
          startMs: part.startMs,
          durationMs: part.durationMs,
          independent: part.independent,
          bytes: part.bytes.length,
        });
      },
      segmentEnd() {
        segments += 1;
        const uri = `segment-${generation}-${segments}.m4s`;
        const size = segment.reduce((sum, chunk) => sum + chunk.length, 0);
        store(segment, { kind: 'hls-segment', rendition, uri, bytes: size });
        segment = [];
      },
    },
  });

  return {
    write(frame) {
      if (!failed && !finished) {
        segmenter.write(frame);
      }
    },
    interrupt() {
      if (!finished) {
        segmenter.interrupt();
      }
    },
    async finish() {
      if (!finished) {
        finished = true;
        segmenter.finish();
      }
      await writing;
    },
    stats: () => ({ bytes, durationMs, parts }),
  };
};

/** A file that is either not there or whole. */
async function writeWhole(path: string, contents: readonly Buffer[]): Promise<void> {
  const working = `${path}.part`;
  await writeFile(working, contents.length === 1 && contents[0] ? contents[0] : Buffer.concat(contents));
  await rename(working, path);
}
