const FILE_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 12;

/** Takes an IVF stream of pictures apart as it comes. */
export type IvfReader = { push(chunk: Uint8Array): void };

/**
 * Reads IVF, the plainest container of VP8 there is: a header, then size, time and data of each frame.
 *
 * @param onFrame - Is given each frame in memory of its own, and its time from the beginning in milliseconds.
 */
export function createIvfReader(onFrame: (data: Uint8Array, timeMs: number) => void): IvfReader {
  let rest: Buffer = Buffer.alloc(0);
  let msPerTick: number | null = null;
  return {
    push(chunk) {
      const data = Buffer.concat([rest, chunk]);
      let at = 0;
      if (msPerTick === null && data.length >= FILE_HEADER_BYTES) {
        msPerTick = (1000 * data.readUInt32LE(20)) / data.readUInt32LE(16);
        at = FILE_HEADER_BYTES;
      }
      while (msPerTick !== null && at + FRAME_HEADER_BYTES <= data.length) {
        const from = at + FRAME_HEADER_BYTES;
        const end = from + data.readUInt32LE(at);
        if (end > data.length) break;
        onFrame(data.subarray(from, end), data.readUInt32LE(at + 4) * msPerTick);
        at = end;
      }
      rest = data.subarray(at);
    },
  };
}
