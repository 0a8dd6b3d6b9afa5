import { COEFFICIENT_UPDATE_PROBABILITIES, MOTION_VECTOR_UPDATE_PROBABILITIES } from './vp8-tables.ts';

/** Boolean entropy encoder of RFC 6386 §7.3. */
class BoolEncoder {
  readonly #bytes: number[] = [];
  #range = 255;
  #bottom = 0;
  #bitCount = 24;

  /** Codes one bit whose chance of being 0 is `probability` / 256. */
  bit(value: boolean | number, probability: number): void {
    const split = 1 + (((this.#range - 1) * probability) >> 8);
    if (value) {
      this.#bottom += split;
      if (this.#bottom > 0xffffffff) {
        this.#bottom -= 0x100000000;
        this.#carry();
      }
      this.#range -= split;
    } else {
      this.#range = split;
    }
    while (this.#range < 128) {
      this.#range <<= 1;
      if (this.#bottom >= 0x80000000) this.#carry();
      this.#bottom = (this.#bottom * 2) % 0x100000000;
      if (--this.#bitCount === 0) {
        this.#bytes.push(Math.floor(this.#bottom / 0x1000000));
        this.#bottom %= 0x1000000;
        this.#bitCount = 8;
      }
    }
  }

  /** Codes an unsigned number of `bits` bits, most significant first, each bit evenly likely. */
  literal(value: number, bits: number): void {
    for (let shift = bits - 1; shift >= 0; shift--) this.bit((value >> shift) & 1, 128);
  }

  finish(): Uint8Array {
    // Pushing out zeros also makes everything a decoder reads past here decode as zero bits.
    for (let i = 0; i < 32; i++) this.bit(0, 128);
    return Uint8Array.from(this.#bytes);
  }

  #carry(): void {
    let i = this.#bytes.length - 1;
    while (i >= 0 && this.#bytes[i] === 255) this.#bytes[i--] = 0;
    if (i >= 0) this.#bytes[i] = (this.#bytes[i] ?? 0) + 1;
  }
}

/** Reads evenly likely bits from the start of a first partition (RFC 6386 §7.3). */
const readLeadingBits = (data: Uint8Array, offset: number, count: number): number => {
  let value = ((data[offset] ?? 0) << 8) | (data[offset + 1] ?? 0);
  let next = offset + 2;
  let range = 255;
  let shifted = 0;
  let bits = 0;
  for (let i = 0; i < count; i++) {
    const split = 1 + (((range - 1) * 128) >> 8);
    const bit = value >= split << 8 ? 1 : 0;
    if (bit) {
      range -= split;
      value -= split << 8;
    } else {
      range = split;
    }
    while (range < 128) {
      value <<= 1;
      range <<= 1;
      if (++shifted === 8) {
        shifted = 0;
        value |= data[next++] ?? 0;
      }
    }
    bits = (bits << 1) | bit;
  }
  return bits;
};

/** Whether a VP8 frame is a key frame. */
export const isVp8KeyFrame = (data: Uint8Array): boolean => ((data[0] ?? 1) & 1) === 0;

/** Picture size of a VP8 key frame, or undefined when `data` is not one. */
export const readVp8KeyFrameSize = (data: Uint8Array): { width: number; height: number } | undefined => {
  if (data.length < 10 || !isVp8KeyFrame(data)) return undefined;
  if (data[3] !== 0x9d || data[4] !== 0x01 || data[5] !== 0x2a) return undefined;
  const size = new DataView(data.buffer, data.byteOffset + 6, 4);
  return { width: size.getUint16(0, true) & 0x3fff, height: size.getUint16(2, true) & 0x3fff };
};

/**
 * Whether macroblock segmentation is on in this frame. A frame that repeats the last picture has to say the same:
 * the segment map lives on from frame to frame only while the flag stays.
 */
export const vp8UsesSegmentation = (data: Uint8Array): boolean =>
  isVp8KeyFrame(data) ? (readLeadingBits(data, 10, 3) & 1) === 1 : readLeadingBits(data, 3, 1) === 1;

const assemble = (
  key: boolean,
  version: number,
  start: Uint8Array,
  first: Uint8Array,
  second: Uint8Array,
): Uint8Array => {
  const tag = (key ? 0 : 1) | (version << 1) | (1 << 4) | (first.length << 5);
  const frame = new Uint8Array(3 + start.length + first.length + second.length);
  frame[0] = tag & 255;
  frame[1] = (tag >> 8) & 255;
  frame[2] = (tag >> 16) & 255;
  frame.set(start, 3);
  frame.set(first, 3 + start.length);
  frame.set(second, 3 + start.length + first.length);
  return frame;
};

const macroblocks = (pixels: number): number => (pixels + 15) >> 4;

/** Probability that a macroblock's mode is ZEROMV when its `weight` of zero-motion neighbours is given (RFC 6386 §17.2). */
const ZERO_MOTION_PROBABILITY = { none: 7, one: 135, all: 234 };

/**
 * A VP8 inter frame that shows the last picture once more and changes no decoder state: every macroblock is a
 * skipped ZEROMV copy of LAST, no reference buffer is refreshed and no probability is kept (RFC 6386 §9.7, §9.11).
 * So it may stand anywhere in a stream, any number of times.
 */
export const createVp8CopyFrame = (options: {
  width: number;
  height: number;
  version?: number;
  segmentation?: boolean;
}): Uint8Array => {
  const encoder = new BoolEncoder();
  if (options.segmentation === true) {
    encoder.literal(1, 1);
    encoder.literal(0, 2); // neither map nor data updated
  } else {
    encoder.literal(0, 1);
  }
  encoder.literal(0, 1 + 6 + 3); // filter type, level 0: no loop filter, sharpness
  encoder.literal(0, 1); // no loop filter adjustments
  encoder.literal(0, 2); // one token partition
  encoder.literal(0, 7 + 5); // quantizer index and no deltas
  encoder.literal(0, 2); // golden and altref not refreshed
  encoder.literal(0, 4); // nor copied to
  encoder.literal(0, 2); // sign biases
  encoder.literal(0, 1); // probabilities of this frame are not kept
  encoder.literal(0, 1); // LAST is not refreshed
  for (const probability of COEFFICIENT_UPDATE_PROBABILITIES) encoder.bit(0, probability);
  const skipProbability = 1;
  const intraProbability = 1;
  const lastProbability = 255;
  encoder.literal(1, 1); // macroblocks say whether they are skipped
  encoder.literal(skipProbability, 8);
  encoder.literal(intraProbability, 8);
  encoder.literal(lastProbability, 8);
  encoder.literal(128, 8); // golden against altref: never asked
  encoder.literal(0, 2); // intra mode probabilities stay
  for (const probability of MOTION_VECTOR_UPDATE_PROBABILITIES) encoder.bit(0, probability);
  const columns = macroblocks(options.width);
  const rows = macroblocks(options.height);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      encoder.bit(1, skipProbability);
      encoder.bit(1, intraProbability); // inter
      encoder.bit(0, lastProbability); // from LAST
      const { none, one, all } = ZERO_MOTION_PROBABILITY;
      const probability = row > 0 && column > 0 ? all : row > 0 || column > 0 ? one : none;
      encoder.bit(0, probability); // ZEROMV
    }
  }
  return assemble(false, options.version ?? 0, new Uint8Array(0), encoder.finish(), new Uint8Array(4));
};

/** Quantizer index whose luma DC step (2 × 143) reaches black from mid grey in one coefficient. */
const BLACK_QUANTIZER_INDEX = 122;
const BLACK_LEVEL = 25;

/**
 * A black VP8 key frame of any size (limited-range black, Y = 16). Only the first macroblock holds a coefficient:
 * all others are predicted from it.
 */
export const createVp8BlackKeyFrame = (width: number, height: number): Uint8Array => {
  const header = new BoolEncoder();
  header.literal(0, 2); // colour space, clamping
  header.literal(0, 1); // no segmentation
  header.literal(0, 1 + 6 + 3); // no loop filter
  header.literal(0, 1);
  header.literal(0, 2); // one token partition
  header.literal(BLACK_QUANTIZER_INDEX, 7);
  header.literal(0, 5);
  header.literal(1, 1); // keep probabilities
  for (const probability of COEFFICIENT_UPDATE_PROBABILITIES) header.bit(0, probability);
  const skipProbability = 1;
  header.literal(1, 1);
  header.literal(skipProbability, 8);
  const count = macroblocks(width) * macroblocks(height);
  for (let i = 0; i < count; i++) {
    header.bit(i > 0, skipProbability);
    header.bit(1, 145); // luma DC_PRED: kf_ymode_tree of RFC 6386 §11.2
    header.bit(0, 156);
    header.bit(0, 163);
    header.bit(0, 142); // chroma DC_PRED
  }

  const tokens = new BoolEncoder();
  // Y2 block, first coefficient: dct_cat4 (RFC 6386 §13.2) with the default probabilities of §13.5.
  const y2 = [198, 35, 237, 223, 193, 187, 162, 160, 145, 155, 62] as const;
  tokens.bit(1, y2[0]);
  tokens.bit(1, y2[1]);
  tokens.bit(1, y2[2]);
  tokens.bit(1, y2[3]);
  tokens.bit(1, y2[6]);
  tokens.bit(0, y2[8]);
  tokens.bit(1, y2[9]);
  const extra = BLACK_LEVEL - 19;
  [176, 155, 140, 135].forEach((probability, i) => tokens.bit((extra >> (3 - i)) & 1, probability));
  tokens.bit(1, 128); // negative
  // All that follows is "end of block", a zero bit whatever its probability.

  const start = Uint8Array.of(
    0x9d,
    0x01,
    0x2a,
    width & 255,
    (width >> 8) & 0x3f,
    height & 255,
    (height >> 8) & 0x3f,
  );
  return assemble(true, 0, start, header.finish(), tokens.finish());
};
