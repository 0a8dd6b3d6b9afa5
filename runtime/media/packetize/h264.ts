import { forEachNal } from '../bitstream/index.ts';
import { MOST_PAYLOAD_BYTES, type Packetizer } from './packetizer.ts';

const FU_A = 28;
const FU_HEADER_BYTES = 2;
const START = 0x80;
const END = 0x40;

/** H.264 access units in Annex B form as single NAL units and FU-A fragments (RFC 6184, packetization mode 1). */
export const createH264Packetizer = (): Packetizer => (frame, emit) => {
  const units: Uint8Array[] = [];
  forEachNal(frame.data, (unit) => {
    units.push(unit);
  });
  units.forEach((unit, index) => {
    const isLast = index === units.length - 1;
    if (unit.length <= MOST_PAYLOAD_BYTES) {
      emit(unit, isLast);
    } else {
      emitFragments(unit, isLast, emit);
    }
  });
};

function emitFragments(
  unit: Uint8Array,
  isLast: boolean,
  emit: (payload: Uint8Array, marker: boolean) => void,
): void {
  const header = unit[0] ?? 0;
  const most = MOST_PAYLOAD_BYTES - FU_HEADER_BYTES;
  for (let at = 1; at < unit.length; at += most) {
    const piece = unit.subarray(at, at + most);
    const ends = at + most >= unit.length;
    const payload = Buffer.allocUnsafe(FU_HEADER_BYTES + piece.length);
    // Importance as in the unit's own header (RFC 6184 section 5.8).
    payload[0] = (header & 0xe0) | FU_A;
    payload[1] = (header & 31) | (at === 1 ? START : 0) | (ends ? END : 0);
    payload.set(piece, FU_HEADER_BYTES);
    emit(payload, isLast && ends);
  }
}
