import {
  leb128Length,
  OBU_FRAME,
  OBU_FRAME_HEADER,
  OBU_PADDING,
  OBU_SEQUENCE_HEADER,
  OBU_TEMPORAL_DELIMITER,
  OBU_TILE_LIST,
  obuType,
  parseAv1SequenceHeader,
  readLeb128,
  writeLeb128,
} from '../bitstream/index.ts';
import type { Av1SequenceHeader } from '../bitstream/index.ts';
import { PieceList } from './depacketizer.ts';
import type { Depacketizer, DepacketizerOptions } from './depacketizer.ts';

const HAS_SIZE = 0x02;
const HAS_EXTENSION = 0x04;

/** AV1 payloads (RTP Payload Format For AV1, AOM, §4): OBU elements joined into temporal units with sizes. */
export const createAv1Depacketizer = (options: DepacketizerOptions): Depacketizer =>
  new Av1Depacketizer(options);

class Av1Depacketizer implements Depacketizer {
  framesDropped = 0;
  readonly #options: DepacketizerOptions;
  readonly #unit = new PieceList();
  /** The OBU that goes on in the next packet. */
  readonly #fragment = new PieceList();
  #timestamp = 0;
  #awaitsKey = true;
  #gap = false;
  #broken = false;
  #started = false;
  #sequenceHeader: Av1SequenceHeader | undefined;
  #keyFrameHeader = false;
  #frameHeaderSeen = false;

  constructor(options: DepacketizerOptions) {
    this.#options = options;
  }

  push(payload: Uint8Array, marker: boolean, rtpTimestamp: number): void {
    if (payload.length < 2) return;
    if (this.#started && rtpTimestamp !== this.#timestamp) this.#complete();
    this.#timestamp = rtpTimestamp;
    this.#started = true;
    const aggregation = payload[0] ?? 0;
    let continues = (aggregation & 0x80) !== 0;
    const goesOn = (aggregation & 0x40) !== 0;
    const count = (aggregation >> 4) & 3;
    if (continues === this.#fragment.empty) {
      this.#broken = true;
      this.#fragment.clear();
    }
    let offset = 1;
    let index = 0;
    while (offset < payload.length) {
      index++;
      let end = payload.length;
      if (count === 0 || index < count) {
        const length = readLeb128(payload, offset);
        if (!length || length.next + length.value > payload.length) {
          this.#broken = true;
          break;
        }
        offset = length.next;
        end = offset + length.value;
      }
      const element = payload.subarray(offset, end);
      offset = end;
      const last = offset >= payload.length;
      if (last && goesOn) {
        this.#fragment.add(element);
      } else if (continues) {
        this.#fragment.add(element);
        this.#addObu(this.#fragment.take());
      } else {
        this.#addObu(element);
      }
      continues = false;
    }
    if (marker) this.#complete();
  }

  lost(): void {
    this.#gap = true;
    this.#fragment.clear();
    if (this.#started) this.#broken = true;
  }

  #addObu(obu: Uint8Array): void {
    const header = obu[0];
    if (header === undefined) return;
    const type = obuType(header);
    if (type === OBU_TEMPORAL_DELIMITER || type === OBU_TILE_LIST || type === OBU_PADDING) return;
    const headerLength = (header & HAS_EXTENSION) !== 0 ? 2 : 1;
    let payloadStart = headerLength;
    if ((header & HAS_SIZE) !== 0) {
      const length = readLeb128(obu, headerLength);
      if (!length) {
        this.#broken = true;
        return;
      }
      payloadStart = length.next;
    }
    const payload = obu.subarray(payloadStart);
    if (type === OBU_SEQUENCE_HEADER) {
      this.#sequenceHeader = parseAv1SequenceHeader(payload);
    } else if ((type === OBU_FRAME || type === OBU_FRAME_HEADER) && !this.#frameHeaderSeen) {
      this.#frameHeaderSeen = true;
      // show_existing_frame 0 and frame_type KEY_FRAME
      this.#keyFrameHeader = ((payload[0] ?? 0xff) & 0xe0) === 0;
    }
    const prefix = new Uint8Array(headerLength + leb128Length(payload.length));
    prefix[0] = header | HAS_SIZE;
    if (headerLength === 2) prefix[1] = obu[1] ?? 0;
    writeLeb128(prefix, headerLength, payload.length);
    this.#unit.add(prefix);
    this.#unit.add(payload);
  }

  #complete(): void {
    const sequenceHeader = this.#sequenceHeader;
    const key = sequenceHeader !== undefined && this.#keyFrameHeader;
    const broken = this.#broken || !this.#fragment.empty;
    const data = this.#unit.take();
    this.#fragment.clear();
    this.#broken = false;
    this.#started = false;
    this.#sequenceHeader = undefined;
    this.#keyFrameHeader = false;
    this.#frameHeaderSeen = false;
    if (this.#gap) {
      this.#gap = false;
      this.#awaitsKey = true;
    }
    if (broken || (this.#awaitsKey && !key)) {
      this.framesDropped++;
      this.#awaitsKey = true;
      this.#options.onKeyFrameNeeded();
      return;
    }
    if (data.length === 0) return;
    this.#awaitsKey = false;
    this.#options.onFrame(
      data,
      key,
      this.#timestamp,
      key ? sequenceHeader.width : undefined,
      key ? sequenceHeader.height : undefined,
    );
  }
}
