import { BitReader } from './bit-reader.ts';

export const OBU_SEQUENCE_HEADER = 1;
export const OBU_TEMPORAL_DELIMITER = 2;
export const OBU_FRAME_HEADER = 3;
export const OBU_TILE_LIST = 8;
export const OBU_FRAME = 6;
export const OBU_PADDING = 15;

export const obuType = (header: number): number => (header >> 3) & 15;

/** Reads a leb128 number (AV1 specification §4.10.5): its value and the offset after it. */
export const readLeb128 = (data: Uint8Array, offset: number): { value: number; next: number } | undefined => {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = data[offset + i];
    if (byte === undefined) return undefined;
    value += (byte & 127) * 2 ** (7 * i);
    if ((byte & 128) === 0) return { value, next: offset + i + 1 };
  }
  return undefined;
};

export const leb128Length = (value: number): number => {
  let length = 1;
  while (value >= 128) {
    value = Math.floor(value / 128);
    length++;
  }
  return length;
};

export const writeLeb128 = (target: Uint8Array, offset: number, value: number): number => {
  while (value >= 128) {
    target[offset++] = (value % 128) | 128;
    value = Math.floor(value / 128);
  }
  target[offset++] = value;
  return offset;
};

/** What an AV1 sequence header tells a container (AV1 specification §5.5). */
export type Av1SequenceHeader = {
  profile: number;
  level: number;
  tier: number;
  width: number;
  height: number;
};

/** Parses the payload of a sequence header OBU; undefined when it is damaged. */
export const parseAv1SequenceHeader = (payload: Uint8Array): Av1SequenceHeader | undefined => {
  const reader = new BitReader(payload);
  const profile = reader.bits(3);
  reader.skip(1); // still_picture
  let level = 0;
  let tier = 0;
  if (reader.bit() === 1) {
    level = reader.bits(5); // reduced_still_picture_header
  } else {
    let decoderModelInfo = false;
    let bufferDelayBits = 0;
    if (reader.bit() === 1) {
      reader.skip(64);
      if (reader.bit() === 1) {
        let zeros = 0;
        while (zeros < 32 && reader.bit() === 0) zeros++; // uvlc
        reader.skip(zeros);
      }
      decoderModelInfo = reader.bit() === 1;
      if (decoderModelInfo) {
        bufferDelayBits = reader.bits(5) + 1;
        reader.skip(32 + 5 + 5);
      }
    }
    const initialDisplayDelay = reader.bit() === 1;
    const points = reader.bits(5) + 1;
    for (let i = 0; i < points; i++) {
      reader.skip(12);
      const pointLevel = reader.bits(5);
      const pointTier = pointLevel > 7 ? reader.bit() : 0;
      if (i === 0) {
        level = pointLevel;
        tier = pointTier;
      }
      if (decoderModelInfo && reader.bit() === 1) reader.skip(2 * bufferDelayBits + 1);
      if (initialDisplayDelay && reader.bit() === 1) reader.skip(4);
    }
  }
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const width = reader.bits(widthBits) + 1;
  const height = reader.bits(heightBits) + 1;
  return reader.exhausted ? undefined : { profile, level, tier, width, height };
};

/** Calls `visit` with type, header offset and payload of each OBU of a temporal unit whose OBUs carry their size. */
export const forEachObu = (unit: Uint8Array, visit: (type: number, payload: Uint8Array) => void): void => {
  let offset = 0;
  while (offset < unit.length) {
    const header = unit[offset] ?? 0;
    let payloadStart = offset + 1 + ((header >> 2) & 1);
    let size = unit.length - payloadStart;
    if ((header & 2) !== 0) {
      const length = readLeb128(unit, payloadStart);
      if (!length) return;
      payloadStart = length.next;
      size = length.value;
    }
    if (size < 0 || payloadStart + size > unit.length) return;
    visit(obuType(header), unit.subarray(payloadStart, payloadStart + size));
    offset = payloadStart + size;
  }
};

/** The sequence header of a temporal unit, if it holds one. */
export const readAv1SequenceHeader = (unit: Uint8Array): Av1SequenceHeader | undefined => {
  let found: Av1SequenceHeader | undefined;
  forEachObu(unit, (type, payload) => {
    if (type === OBU_SEQUENCE_HEADER) found ??= parseAv1SequenceHeader(payload);
  });
  return found;
};

/** Codec string of the AV1 ISOBMFF binding, like `av01.0.04M.08`. */
export const av1CodecString = (header: Av1SequenceHeader): string =>
  `av01.${header.profile}.${String(header.level).padStart(2, '0')}${header.tier === 1 ? 'H' : 'M'}.08`;
