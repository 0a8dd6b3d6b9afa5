import {
  NAL_AUD,
  NAL_IDR,
  NAL_PPS,
  NAL_SLICE,
  NAL_SPS,
  nalType,
  readH264KeyFrame,
} from '../bitstream/index.ts';
import { PieceList } from './depacketizer.ts';
import type { Depacketizer, DepacketizerOptions } from './depacketizer.ts';

const STAP_A = 24;
const FU_A = 28;
const START_CODE = Uint8Array.of(0, 0, 0, 1);
const FU_INDICATOR_BITS = 0xe0;

/** H.264 payloads: single NAL units, STAP-A and FU-A (RFC 6184 §5.6 to §5.8), joined into Annex B access units. */
export const createH264Depacketizer = (options: DepacketizerOptions): Depacketizer =>
  new H264Depacketizer(options);

class H264Depacketizer implements Depacketizer {
  framesDropped = 0;
  readonly #options: DepacketizerOptions;
  readonly #pieces = new PieceList();
  #timestamp = 0;
  #awaitsKey = true;
  /** Packets are missing, so the access unit may lack its beginning. */
  #gap = false;
  #broken = false;
  #inFragment = false;
  #idr = false;
  #slices = false;
  #hasParameterSets = false;
  #sps: Uint8Array | undefined;
  #pps: Uint8Array | undefined;

  constructor(options: DepacketizerOptions) {
    this.#options = options;
  }

  push(payload: Uint8Array, marker: boolean, rtpTimestamp: number): void {
    if (payload.length < 2) return;
    if (rtpTimestamp !== this.#timestamp && !this.#pieces.empty) this.#complete();
    this.#timestamp = rtpTimestamp;
    const type = nalType(payload);
    if (type === STAP_A) this.#pushAggregate(payload);
    else if (type === FU_A) this.#pushFragment(payload);
    else if (type > 0 && type < STAP_A) this.#addNal(payload);
    if (marker) this.#complete();
  }

  lost(): void {
    this.#gap = true;
    this.#inFragment = false;
    if (!this.#pieces.empty) this.#broken = true;
  }

  #pushAggregate(payload: Uint8Array): void {
    let offset = 1;
    while (offset + 2 < payload.length) {
      const length = ((payload[offset] ?? 0) << 8) | (payload[offset + 1] ?? 0);
      offset += 2;
      if (length === 0 || offset + length > payload.length) {
        this.#broken = true;
        return;
      }
      this.#addNal(payload.subarray(offset, offset + length));
      offset += length;
    }
  }

  #pushFragment(payload: Uint8Array): void {
    const header = payload[1] ?? 0;
    const fragment = payload.subarray(2);
    if ((header & 0x80) !== 0) {
      const nalHeader = ((payload[0] ?? 0) & FU_INDICATOR_BITS) | (header & 0x1f);
      this.#observe(header & 0x1f, fragment[0] ?? 0);
      this.#pieces.add(START_CODE);
      this.#pieces.add(Uint8Array.of(nalHeader));
      this.#inFragment = true;
    } else if (!this.#inFragment) {
      this.#broken = true;
      return;
    }
    this.#pieces.add(fragment);
    if ((header & 0x40) !== 0) this.#inFragment = false;
  }

  #addNal(nal: Uint8Array): void {
    const type = nalType(nal);
    this.#observe(type, nal[1] ?? 0);
    if (type === NAL_SPS) this.#sps = nal.slice();
    else if (type === NAL_PPS) this.#pps = nal.slice();
    this.#pieces.add(START_CODE);
    this.#pieces.add(nal);
  }

  /** Takes note of a NAL unit's type and the first byte of its payload. */
  #observe(type: number, firstByte: number): void {
    const slice = type === NAL_SLICE || type === NAL_IDR;
    if (this.#gap && this.#pieces.empty) {
      // Parameter sets, a delimiter or a slice with first_mb_in_slice 0 begin an access unit: nothing of it is missing.
      const begins = type === NAL_SPS || type === NAL_AUD || (slice && (firstByte & 0x80) !== 0);
      this.#broken = !begins;
    }
    if (slice) this.#slices = true;
    if (type === NAL_IDR) this.#idr = true;
    if (type === NAL_SPS) this.#hasParameterSets = true;
  }

  #complete(): void {
    const data = this.#pieces.take();
    const key = this.#idr;
    const broken = this.#broken || this.#inFragment;
    const slices = this.#slices;
    const gap = this.#gap;
    const hasParameterSets = this.#hasParameterSets;
    this.#idr = false;
    this.#slices = false;
    this.#broken = false;
    this.#inFragment = false;
    this.#hasParameterSets = false;
    this.#gap = false;
    if (gap && !key) this.#awaitsKey = true;
    if (!slices && !broken) return; // parameter sets alone: kept for the next key frame
    if (broken || (this.#awaitsKey && !key)) {
      this.framesDropped++;
      this.#awaitsKey = true;
      this.#options.onKeyFrameNeeded();
      return;
    }
    if (!key) {
      this.#options.onFrame(data, false, this.#timestamp, undefined, undefined);
      return;
    }
    const unit = hasParameterSets ? data : this.#withParameterSets(data);
    const parameters = readH264KeyFrame(unit);
    if (!parameters) {
      // No decoder can start without parameter sets.
      this.framesDropped++;
      this.#awaitsKey = true;
      this.#options.onKeyFrameNeeded();
      return;
    }
    this.#awaitsKey = false;
    this.#options.onFrame(unit, true, this.#timestamp, parameters.width, parameters.height);
  }

  #withParameterSets(accessUnit: Uint8Array): Uint8Array {
    if (!this.#sps || !this.#pps) return accessUnit;
    const pieces = new PieceList();
    pieces.add(START_CODE);
    pieces.add(this.#sps);
    pieces.add(START_CODE);
    pieces.add(this.#pps);
    pieces.add(accessUnit);
    return pieces.take();
  }
}
