import { BitReader } from './bit-reader.ts';
import { BitWriter } from './bit-writer.ts';
import { ALL_SKIPPED_QP, writeAllSkippedCabac } from './h264-cabac.ts';

export const NAL_SLICE = 1;
export const NAL_IDR = 5;
export const NAL_SPS = 7;
export const NAL_PPS = 8;
export const NAL_AUD = 9;

export const nalType = (nal: Uint8Array): number => (nal[0] ?? 0) & 31;

/** Calls `visit` for each NAL unit of an Annex B access unit (ITU-T H.264 annex B), without copying. */
export const forEachNal = (annexB: Uint8Array, visit: (nal: Uint8Array) => void): void => {
  let start = -1;
  const end = annexB.length;
  let i = 0;
  while (i + 2 < end) {
    if ((annexB[i + 2] ?? 0) > 1) {
      i += 3;
    } else if (annexB[i] === 0 && annexB[i + 1] === 0 && annexB[i + 2] === 1) {
      if (start >= 0) visitTrimmed(annexB, start, i, visit);
      start = i + 3;
      i += 3;
    } else {
      i++;
    }
  }
  if (start >= 0) visitTrimmed(annexB, start, end, visit);
};

const visitTrimmed = (
  data: Uint8Array,
  start: number,
  end: number,
  visit: (nal: Uint8Array) => void,
): void => {
  // A NAL unit never ends in a zero byte; such bytes belong to the next start code.
  while (end > start && data[end - 1] === 0) end--;
  if (end > start) visit(data.subarray(start, end));
};

/** Removes emulation prevention bytes (ITU-T H.264 §7.4.1). */
const unescape = (nal: Uint8Array, limit = nal.length): Uint8Array => {
  const out = new Uint8Array(Math.min(nal.length, limit));
  let length = 0;
  let zeros = 0;
  for (const byte of nal) {
    if (length === out.length) break;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out[length++] = byte;
  }
  return out.subarray(0, length);
};

const escape = (nal: Uint8Array): Uint8Array => {
  const out: number[] = [];
  let zeros = 0;
  for (const byte of nal) {
    if (zeros >= 2 && byte <= 3) {
      out.push(3);
      zeros = 0;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out.push(byte);
  }
  return Uint8Array.from(out);
};

/** What a sequence parameter set says about picture size and slice headers (ITU-T H.264 §7.3.2.1.1). */
export type H264Sps = {
  profile: number;
  compatibility: number;
  level: number;
  id: number;
  frameNumBits: number;
  pocType: number;
  pocLsbBits: number;
  deltaPicOrderAlwaysZero: boolean;
  frameMbsOnly: boolean;
  separateColourPlanes: boolean;
  widthInMacroblocks: number;
  heightInMacroblocks: number;
  width: number;
  height: number;
};

const PROFILES_WITH_CHROMA_FORMAT = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

const skipScalingLists = (reader: BitReader, count: number): void => {
  for (let i = 0; i < count; i++) {
    if (reader.bit() === 0) continue;
    const size = i < 6 ? 16 : 64;
    let last = 8;
    let next = 8;
    for (let j = 0; j < size; j++) {
      if (next !== 0) next = (last + reader.se() + 256) % 256;
      last = next === 0 ? last : next;
    }
  }
};

/** Parses a sequence parameter set NAL unit; undefined when it is damaged. */
export const parseH264Sps = (nal: Uint8Array): H264Sps | undefined => {
  const reader = new BitReader(unescape(nal), 1);
  const profile = reader.bits(8);
  const compatibility = reader.bits(8);
  const level = reader.bits(8);
  const id = reader.ue();
  let chromaFormat = 1;
  let separateColourPlanes = false;
  if (PROFILES_WITH_CHROMA_FORMAT.has(profile)) {
    chromaFormat = reader.ue();
    if (chromaFormat === 3) separateColourPlanes = reader.bit() === 1;
    reader.ue();
    reader.ue();
    reader.skip(1);
    if (reader.bit() === 1) skipScalingLists(reader, chromaFormat === 3 ? 12 : 8);
  }
  const frameNumBits = reader.ue() + 4;
  const pocType = reader.ue();
  let pocLsbBits = 0;
  let deltaPicOrderAlwaysZero = false;
  if (pocType === 0) {
    pocLsbBits = reader.ue() + 4;
  } else if (pocType === 1) {
    deltaPicOrderAlwaysZero = reader.bit() === 1;
    reader.se();
    reader.se();
    const cycle = Math.min(reader.ue(), 255);
    for (let i = 0; i < cycle; i++) reader.se();
  }
  reader.ue(); // max_num_ref_frames
  reader.skip(1); // gaps_in_frame_num_value_allowed_flag
  const widthInMacroblocks = reader.ue() + 1;
  const heightInMapUnits = reader.ue() + 1;
  const frameMbsOnly = reader.bit() === 1;
  if (!frameMbsOnly) reader.skip(1);
  reader.skip(1); // direct_8x8_inference_flag
  const heightInMacroblocks = heightInMapUnits * (frameMbsOnly ? 1 : 2);
  let width = widthInMacroblocks * 16;
  let height = heightInMacroblocks * 16;
  if (reader.bit() === 1) {
    const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
    const unitY = (chromaFormat === 1 ? 2 : 1) * (frameMbsOnly ? 1 : 2);
    width -= unitX * (reader.ue() + reader.ue());
    height -= unitY * (reader.ue() + reader.ue());
  }
  if (reader.exhausted || width <= 0 || height <= 0 || frameNumBits > 16 || pocLsbBits > 16) return undefined;
  return {
    profile,
    compatibility,
    level,
    id,
    frameNumBits,
    pocType,
    pocLsbBits,
    deltaPicOrderAlwaysZero,
    frameMbsOnly,
    separateColourPlanes,
    widthInMacroblocks,
    heightInMacroblocks,
    width,
    height,
  };
};

/** What a picture parameter set says about slice headers (ITU-T H.264 §7.3.2.2). */
export type H264Pps = {
  id: number;
  spsId: number;
  cabac: boolean;
  picOrderPresent: boolean;
  sliceGroups: number;
  weightedPrediction: boolean;
  initialQp: number;
  deblockingControlPresent: boolean;
  redundantPicCntPresent: boolean;
};

export const parseH264Pps = (nal: Uint8Array): H264Pps | undefined => {
  const reader = new BitReader(unescape(nal), 1);
  const id = reader.ue();
  const spsId = reader.ue();
  const cabac = reader.bit() === 1;
  const picOrderPresent = reader.bit() === 1;
  const sliceGroups = reader.ue() + 1;
  if (sliceGroups > 1) return undefined; // flexible macroblock ordering: no WebRTC sender uses it
  reader.ue();
  reader.ue();
  const weightedPrediction = reader.bit() === 1;
  reader.skip(2);
  const initialQp = 26 + reader.se();
  reader.se();
  reader.se();
  const deblockingControlPresent = reader.bit() === 1;
  reader.skip(1);
  const redundantPicCntPresent = reader.bit() === 1;
  if (reader.exhausted) return undefined;
  return {
    id,
    spsId,
    cabac,
    picOrderPresent,
    sliceGroups,
    weightedPrediction,
    initialQp,
    deblockingControlPresent,
    redundantPicCntPresent,
  };
};

/** Position of a picture in its coded sequence. */
type PicturePosition = { reference: boolean; frameNum: number; pocLsb: number };

/**
 * Follows an H.264 stream closely enough to repeat its last picture: parameter sets in force and the numbering of
 * the last picture.
 */
export class H264StreamState {
  sps: H264Sps | undefined;
  pps: H264Pps | undefined;
  #last: PicturePosition | undefined;

  /** Takes note of one access unit in Annex B form. */
  observe(annexB: Uint8Array): void {
    let sliceSeen = false;
    forEachNal(annexB, (nal) => {
      const type = nalType(nal);
      if (type === NAL_SPS) this.sps = parseH264Sps(nal) ?? this.sps;
      else if (type === NAL_PPS) this.pps = parseH264Pps(nal) ?? this.pps;
      else if ((type === NAL_SLICE || type === NAL_IDR) && !sliceSeen) {
        sliceSeen = true;
        this.#last = this.#readPosition(nal);
      }
    });
  }

  /**
   * An access unit (Annex B) that shows the last picture once more: one P slice in which every macroblock is
   * skipped, not used for reference, so the numbering of the pictures after it stays valid (ITU-T H.264 §7.4.3).
   * Undefined for streams whose slices cannot be written (interlaced, or nothing seen yet).
   */
  createCopyFrame(): Uint8Array | undefined {
    const { sps, pps } = this;
    const last = this.#last;
    if (!sps || !pps || !last || !sps.frameMbsOnly || sps.separateColourPlanes) return undefined;
    const writer = new BitWriter();
    writer.bits(NAL_SLICE, 8); // nal_ref_idc 0
    writer.ue(0); // first_mb_in_slice
    writer.ue(5); // slice_type: P, all slices alike
    writer.ue(pps.id);
    const modulus = 2 ** sps.frameNumBits;
    writer.bits(last.reference ? (last.frameNum + 1) % modulus : last.frameNum, sps.frameNumBits);
    if (sps.pocType === 0) {
      writer.bits((last.pocLsb + 1) % 2 ** sps.pocLsbBits, sps.pocLsbBits);
      if (pps.picOrderPresent) writer.se(0);
    } else if (sps.pocType === 1 && !sps.deltaPicOrderAlwaysZero) {
      writer.se(0);
      if (pps.picOrderPresent) writer.se(0);
    }
    if (pps.redundantPicCntPresent) writer.ue(0);
    writer.bit(1); // num_ref_idx_active_override_flag
    writer.ue(0); // one reference: the last picture
    writer.bit(0); // ref_pic_list_modification_flag_l0
    if (pps.weightedPrediction) {
      writer.ue(0);
      writer.ue(0);
      writer.bits(0, 2);
    }
    if (pps.cabac) writer.ue(0); // cabac_init_idc
    writer.se(pps.cabac ? ALL_SKIPPED_QP - pps.initialQp : 0); // slice_qp_delta
    if (pps.deblockingControlPresent) writer.ue(1); // no deblocking
    const macroblocks = sps.widthInMacroblocks * sps.heightInMacroblocks;
    if (pps.cabac) {
      writeAllSkippedCabac(writer, macroblocks);
    } else {
      writer.ue(macroblocks); // mb_skip_run
      writer.trailing();
    }
    const nal = escape(writer.finish());
    const accessUnit = new Uint8Array(4 + nal.length);
    accessUnit[3] = 1;
    accessUnit.set(nal, 4);
    return accessUnit;
  }

  #readPosition(nal: Uint8Array): PicturePosition | undefined {
    const { sps, pps } = this;
    if (!sps || !pps) return undefined;
    const reader = new BitReader(unescape(nal, 32), 1);
    reader.ue();
    reader.ue();
    reader.ue();
    if (sps.separateColourPlanes) reader.skip(2);
    const frameNum = reader.bits(sps.frameNumBits);
    if (!sps.frameMbsOnly) return undefined;
    if (nalType(nal) === NAL_IDR) reader.ue();
    const pocLsb = sps.pocType === 0 ? reader.bits(sps.pocLsbBits) : 0;
    return { reference: ((nal[0] ?? 0) & 0x60) !== 0, frameNum, pocLsb };
  }
}

/** Picture size and codec string of a key access unit in Annex B form; undefined when it has no parameter set. */
export const readH264KeyFrame = (
  annexB: Uint8Array,
): { width: number; height: number; sps: Uint8Array; pps: Uint8Array } | undefined => {
  let sps: Uint8Array | undefined;
  let pps: Uint8Array | undefined;
  forEachNal(annexB, (nal) => {
    const type = nalType(nal);
    if (type === NAL_SPS) sps ??= nal;
    else if (type === NAL_PPS) pps ??= nal;
  });
  if (!sps || !pps) return undefined;
  const parsed = parseH264Sps(sps);
  return parsed && { width: parsed.width, height: parsed.height, sps, pps };
};

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1). */
export const createAvcConfiguration = (sps: Uint8Array, pps: Uint8Array): Uint8Array => {
  const record = new Uint8Array(11 + sps.length + pps.length);
  record[0] = 1;
  record.set(sps.subarray(1, 4), 1); // profile, compatibility, level
  record.set([0xff, 0xe1, sps.length >> 8, sps.length & 255], 4);
  record.set(sps, 8);
  record.set([1, pps.length >> 8, pps.length & 255], 8 + sps.length);
  record.set(pps, 11 + sps.length);
  return record;
};

/** Codec string of RFC 6381 for a sequence parameter set, like `avc1.42e01f`. */
export const avcCodecString = (sps: Uint8Array): string =>
  `avc1.${[1, 2, 3].map((i) => (sps[i] ?? 0).toString(16).padStart(2, '0')).join('')}`;

/** Turns an Annex B access unit into length-prefixed NAL units (ISO/IEC 14496-15), without access unit delimiters. */
export const toLengthPrefixed = (annexB: Uint8Array): Uint8Array => {
  let total = 0;
  forEachNal(annexB, (nal) => {
    if (nalType(nal) !== NAL_AUD) total += 4 + nal.length;
  });
  const out = new Uint8Array(total);
  let offset = 0;
  forEachNal(annexB, (nal) => {
    if (nalType(nal) === NAL_AUD) return;
    out[offset] = nal.length >>> 24;
    out[offset + 1] = nal.length >>> 16;
    out[offset + 2] = nal.length >>> 8;
    out[offset + 3] = nal.length;
    out.set(nal, offset + 4);
    offset += 4 + nal.length;
  });
  return out;
};

/** The other direction of {@link toLengthPrefixed}; four bytes of length are taken for granted, as it writes them. */
export const toAnnexB = (lengthPrefixed: Uint8Array): Uint8Array => {
  // Start codes of four bytes take the place of the lengths.
  const out = lengthPrefixed.slice();
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  for (let offset = 0; offset + 4 <= out.length;) {
    const length = view.getUint32(offset);
    view.setUint32(offset, 1);
    offset += 4 + length;
  }
  return out;
};
