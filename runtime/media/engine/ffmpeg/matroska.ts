/**
 * Writes one video track as a live Matroska stream (RFC 9559): the container in which ffmpeg takes every codec with
 * timestamps of our own choosing and holds no frame back.
 */

/** Matroska counts in units of this many nanoseconds here. */
const TICK_NS = 100;
export const TICKS_PER_SECOND = 1_000_000_000 / TICK_NS;

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const TIMESTAMP = 0xe7;
const SIMPLE_BLOCK = 0xa3;
const UNKNOWN_SIZE = Buffer.from('01ffffffffffffff', 'hex');
/** Track 1, no timestamp of its own beside the cluster's, then the flags. */
const BLOCK_HEADER_BYTES = 4;
const KEY_FRAME = 0x80;

export type MatroskaTrack = {
  /** As in RFC 9559 and its codec registry, like `V_VP8`. */
  codecId: string;
  width: number;
  height: number;
  /** Of an uncompressed track, like `I420`. */
  colourSpace?: string;
  framesPerSecond?: number;
};

/** What stands before the first frame. */
export const matroskaHeader = (track: MatroskaTrack): Buffer => {
  const { codecId, width, height, colourSpace, framesPerSecond } = track;
  return Buffer.concat([
    element(EBML, [
      element(0x4286, unsigned(1)), // EBMLVersion
      element(0x42f7, unsigned(1)), // EBMLReadVersion
      element(0x42f2, unsigned(4)), // EBMLMaxIDLength
      element(0x42f3, unsigned(8)), // EBMLMaxSizeLength
      element(0x4282, text('matroska')), // DocType
      element(0x4287, unsigned(4)), // DocTypeVersion
      element(0x4285, unsigned(2)), // DocTypeReadVersion
    ]),
    identifier(SEGMENT),
    UNKNOWN_SIZE,
    element(0x1549a966, [element(0x2ad7b1, unsigned(TICK_NS))]), // Info, TimestampScale
    element(0x1654ae6b, [
      element(0xae, [
        element(0xd7, unsigned(1)), // TrackNumber
        element(0x73c5, unsigned(1)), // TrackUID
        element(0x83, unsigned(1)), // TrackType: video
        element(0x86, text(codecId)),
        ...(framesPerSecond === undefined
          ? []
          : [element(0x23e383, unsigned(Math.round(1_000_000_000 / framesPerSecond)))]), // DefaultDuration
        element(0xe0, [
          element(0xb0, unsigned(width)),
          element(0xba, unsigned(height)),
          ...(colourSpace === undefined ? [] : [element(0x2eb524, text(colourSpace))]),
        ]),
      ]),
    ]),
  ]);
};

/** What stands before a frame of `bytes` bytes: a cluster of its own, so that nothing has to come after it. */
export const matroskaFrameHeader = (ticks: number, key: boolean, bytes: number): Buffer => {
  const timestamp = element(TIMESTAMP, unsigned(ticks));
  const block = Buffer.concat([
    identifier(SIMPLE_BLOCK),
    size(BLOCK_HEADER_BYTES + bytes),
    Buffer.of(0x81, 0, 0, key ? KEY_FRAME : 0),
  ]);
  return Buffer.concat([
    identifier(CLUSTER),
    size(timestamp.length + block.length + bytes),
    timestamp,
    block,
  ]);
};

const element = (id: number, content: Buffer | Buffer[]): Buffer => {
  const data = Buffer.isBuffer(content) ? content : Buffer.concat(content);
  return Buffer.concat([identifier(id), size(data.length), data]);
};

/** An element's id holds its own length in its first bits. */
const identifier = (id: number): Buffer => Buffer.from(id.toString(16), 'hex');

/** Lengths are written in eight bytes, of which the first bit says so. */
const size = (bytes: number): Buffer => {
  const buffer = unsigned(bytes);
  buffer[0] = 0x01;
  return buffer;
};

const unsigned = (value: number): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer;
};

const text = (value: string): Buffer => Buffer.from(value, 'latin1');
