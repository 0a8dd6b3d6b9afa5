import type { ByteSink } from '../../ffmpeg/index.ts';

/** One frame as it came out of ffmpeg. */
export type NutFrame = { timestampMs: number; key: boolean; data: Buffer };

type FrameCode = {
  flags: number;
  ptsDelta: number;
  sizeMultiplier: number;
  sizeLow: number;
  reserved: number;
  header: number;
};

const FILE_ID_BYTES = 'nut/multimedia container\0'.length;
const START_CODE_BYTES = 8;
/** First byte of every start code; no frame code has its number. */
const START_CODE = 0x4e;
const MAIN = 0x4e4d7a561f5f04adn;
const STREAM = 0x4e5311405bf2f9dbn;
const SYNC_POINT = 0x4e4be4adeeca4569n;
/** Longer packets have a checksum behind their length, and longer frames no header left out. */
const LONG_PACKET_BYTES = 4096;
/** Read at once where no frame is known of: headers, and the beginning of the frame behind them. */
const HEADER_BYTES = 1024;
const CHECKSUM_BYTES = 4;

const FLAG_KEY = 1;
const FLAG_CODED_PTS = 8;
const FLAG_STREAM = 16;
const FLAG_SIZE = 32;
const FLAG_CHECKSUM = 64;
const FLAG_RESERVED = 128;
const FLAG_HEADER = 1024;
const FLAG_MATCH_TIME = 2048;
const FLAG_CODED_FLAGS = 4096;
const FLAG_INVALID = 8192;

/** More bytes are needed before the next packet or frame can be read. */
class Incomplete extends Error {}

/**
 * Reads one stream of a NUT file while it comes: the container in which ffmpeg hands out frames of every codec, raw ones
 * too, as soon as it has them. Source: the NUT specification (ffmpeg/nut, nut.txt).
 */
export class NutReader implements ByteSink {
  readonly #onFrame: (frame: NutFrame) => void;
  readonly #allocate: (bytes: number) => Buffer;
  /** What has come and is not read yet, up to the frame's data. */
  #pending: Buffer = Buffer.alloc(0);
  #at = 0;
  #identified = false;
  #codes: FrameCode[] = [];
  #headers: Buffer[] = [Buffer.alloc(0)];
  #timeBases: [number, number][] = [];
  #timeBase: [number, number] = [1, 1];
  #msbShift = 0;
  #lastTicks = 0;
  #frame: { frame: NutFrame; filled: number } | undefined;
  #space = Buffer.allocUnsafeSlow(HEADER_BYTES);

  /** @param allocate - Gives the memory of a frame of that length. */
  constructor(
    onFrame: (frame: NutFrame) => void,
    allocate = (bytes: number): Buffer => Buffer.allocUnsafeSlow(bytes),
  ) {
    this.#onFrame = onFrame;
    this.#allocate = allocate;
  }

  push(chunk: Buffer): void {
    const rest = chunk.subarray(this.#fill(chunk));
    if (rest.length === 0) return;
    this.#pending = this.#pending.length === 0 ? rest : Buffer.concat([this.#pending, rest]);
    try {
      while (this.#pending.length > 0) {
        this.#at = 0;
        this.#readOne();
        this.#pending = this.#pending.subarray(this.#at);
        this.#pending = this.#pending.subarray(this.#fill(this.#pending));
      }
    } catch (error) {
      if (!(error instanceof Incomplete)) throw error;
    }
  }

  space(): Uint8Array {
    return this.#frame ? this.#frame.frame.data.subarray(this.#frame.filled) : this.#space;
  }

  filled(bytes: number): void {
    if (this.#frame) {
      this.#advance(this.#frame, bytes);
      return;
    }
    this.push(this.#space.subarray(0, bytes));
    // What is not complete yet must not be read over.
    if (this.#pending.length > 0) this.#space = Buffer.allocUnsafeSlow(HEADER_BYTES);
  }

  #readOne(): void {
    if (!this.#identified) {
      this.#need(FILE_ID_BYTES);
      this.#at = FILE_ID_BYTES;
      this.#identified = true;
    } else if (this.#pending[0] === START_CODE) {
      this.#readPacket();
    } else {
      this.#readFrameHeader();
    }
  }

  #readPacket(): void {
    this.#need(START_CODE_BYTES);
    const startCode = this.#pending.readBigUInt64BE(0);
    this.#at = START_CODE_BYTES;
    const length = this.#unsigned();
    if (length > LONG_PACKET_BYTES) this.#at += CHECKSUM_BYTES;
    const end = this.#at + length;
    this.#need(end);
    if (startCode === MAIN) this.#readMainHeader(end - CHECKSUM_BYTES);
    else if (startCode === STREAM) this.#readStreamHeader();
    else if (startCode === SYNC_POINT) this.#readSyncPoint();
    this.#at = end;
  }

  #readMainHeader(end: number): void {
    const version = this.#unsigned();
    if (version > 3) this.#unsigned();
    this.#unsigned(); // streams
    this.#unsigned(); // distance of sync points
    this.#timeBases = Array.from({ length: this.#unsigned() }, () => [this.#unsigned(), this.#unsigned()]);
    this.#codes = this.#readFrameCodes();
    this.#headers = [Buffer.alloc(0)];
    if (this.#at >= end) return;
    for (let count = this.#unsigned(); count > 0; count--) {
      const length = this.#unsigned();
      this.#headers.push(Buffer.from(this.#pending.subarray(this.#at, this.#at + length)));
      this.#at += length;
    }
  }

  #readFrameCodes(): FrameCode[] {
    const codes: FrameCode[] = [];
    let [ptsDelta, sizeMultiplier, header] = [0, 1, 0];
    while (codes.length < 256) {
      const flags = this.#unsigned();
      const fields = this.#unsigned();
      if (fields > 0) ptsDelta = this.#signed();
      if (fields > 1) sizeMultiplier = this.#unsigned();
      if (fields > 2) this.#unsigned(); // stream
      const sizeLow = fields > 3 ? this.#unsigned() : 0;
      const reserved = fields > 4 ? this.#unsigned() : 0;
      const count = fields > 5 ? this.#unsigned() : sizeMultiplier - sizeLow;
      if (fields > 6) this.#signed();
      if (fields > 7) header = this.#unsigned();
      for (let more = fields; more > 8; more--) this.#unsigned();
      for (let index = 0; index < count && codes.length < 256; index++) {
        if (codes.length === START_CODE) {
          codes.push({ flags: FLAG_INVALID, ptsDelta, sizeMultiplier, sizeLow, reserved, header });
        }
        codes.push({ flags, ptsDelta, sizeMultiplier, sizeLow: sizeLow + index, reserved, header });
      }
    }
    return codes;
  }

  #readStreamHeader(): void {
    this.#unsigned(); // number
    this.#unsigned(); // class
    const fourccBytes = this.#unsigned();
    this.#at += fourccBytes;
    this.#timeBase = this.#timeBases[this.#unsigned()] ?? [1, 1];
    this.#msbShift = this.#unsigned();
  }

  #readSyncPoint(): void {
    const coded = this.#unsigned();
    const [numerator, denominator] = this.#timeBases[coded % this.#timeBases.length] ?? [1, 1];
    const ticks = Math.floor(coded / this.#timeBases.length);
    this.#lastTicks = Math.floor((ticks * numerator * this.#timeBase[1]) / (denominator * this.#timeBase[0]));
  }

  #readFrameHeader(): void {
    const code = this.#codes[this.#byte()];
    if (code === undefined || (code.flags & FLAG_INVALID) !== 0)
      throw new Error('ffmpeg gave a broken NUT stream');
    let { flags, header } = code;
    if ((flags & FLAG_CODED_FLAGS) !== 0) flags ^= this.#unsigned();
    if ((flags & FLAG_STREAM) !== 0) this.#unsigned();
    const ticks = (flags & FLAG_CODED_PTS) === 0 ? this.#lastTicks + code.ptsDelta : this.#codedTicks();
    let bytes = code.sizeLow;
    if ((flags & FLAG_SIZE) !== 0) bytes += code.sizeMultiplier * this.#unsigned();
    if ((flags & FLAG_MATCH_TIME) !== 0) this.#signed();
    if ((flags & FLAG_HEADER) !== 0) header = this.#unsigned();
    for (let more = (flags & FLAG_RESERVED) === 0 ? code.reserved : this.#unsigned(); more > 0; more--)
      this.#unsigned();
    if ((flags & FLAG_CHECKSUM) !== 0) this.#at += CHECKSUM_BYTES;
    this.#need(this.#at);
    const leftOut = bytes > LONG_PACKET_BYTES ? undefined : this.#headers[header];
    this.#lastTicks = ticks;
    const data = this.#allocate(bytes);
    leftOut?.copy(data);
    // Whatever time base was asked for, the muxer chooses its own.
    const timestampMs = (ticks * 1000 * this.#timeBase[0]) / this.#timeBase[1];
    this.#frame = {
      frame: { timestampMs, key: (flags & FLAG_KEY) !== 0, data },
      filled: leftOut?.length ?? 0,
    };
  }

  /** The lower bits of the time nearest to the last one, or all of it. */
  #codedTicks(): number {
    const coded = this.#unsigned();
    const range = 2 ** this.#msbShift;
    if (coded >= range) return coded - range;
    const lowest = this.#lastTicks - range / 2;
    return ((((coded - lowest) % range) + range) % range) + lowest;
  }

  /** @returns how many of the bytes belong to the frame that is being read. */
  #fill(bytes: Buffer): number {
    if (this.#frame === undefined) return 0;
    const { frame, filled } = this.#frame;
    const taken = bytes.copy(frame.data, filled);
    this.#advance(this.#frame, taken);
    return taken;
  }

  #advance(reading: { frame: NutFrame; filled: number }, bytes: number): void {
    reading.filled += bytes;
    if (reading.filled < reading.frame.data.length) return;
    this.#frame = undefined;
    this.#onFrame(reading.frame);
  }

  #need(bytes: number): void {
    if (this.#pending.length < bytes) throw new Incomplete();
  }

  #byte(): number {
    const byte = this.#pending[this.#at++];
    if (byte === undefined) throw new Incomplete();
    return byte;
  }

  /** A number in groups of seven bits, most significant first. */
  #unsigned(): number {
    let value = 0;
    for (;;) {
      const byte = this.#byte();
      value = value * 128 + (byte & 127);
      if (byte < 128) return value;
    }
  }

  #signed(): number {
    const value = this.#unsigned() + 1;
    return value % 2 === 1 ? -((value - 1) / 2) : value / 2;
  }
}
