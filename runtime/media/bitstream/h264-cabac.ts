import type { BitWriter } from './bit-writer.ts';

/**
 * `rangeTabLPS` of ITU-T H.264 table 9-44, for the probability states 42 to 62, four columns each. Encoding nothing
 * but the likely symbol from state 42 on never visits another.
 */
const LPS_RANGES = [
  16, 20, 23, 27, 15, 19, 22, 25, 14, 18, 21, 24, 14, 17, 20, 23, 13, 16, 19, 22, 12, 15, 18, 21, 12, 14, 17,
  20, 11, 14, 16, 19, 11, 13, 15, 18, 10, 12, 15, 17, 10, 12, 14, 16, 9, 11, 13, 15, 9, 11, 12, 14, 8, 10, 12,
  14, 8, 9, 11, 13, 7, 9, 11, 12, 7, 9, 10, 12, 7, 8, 10, 11, 6, 8, 9, 11, 6, 7, 9, 10, 6, 7, 8, 9,
];
const FIRST_STATE = 42;
const LAST_STATE = 62;

/** Quantizer at which `mb_skip_flag` starts in state 42 with "skipped" as the likely symbol (§9.3.1.1, table 9-13). */
export const ALL_SKIPPED_QP = 51;

/**
 * Writes the CABAC slice data of a P slice whose macroblocks are all skipped (ITU-T H.264 §7.3.4, §9.3.4.2), with
 * `cabac_init_idc` 0 and {@link ALL_SKIPPED_QP}, up to and including the stop bit.
 */
export const writeAllSkippedCabac = (writer: BitWriter, macroblocks: number): void => {
  while (!writer.aligned) writer.bit(1); // cabac_alignment_one_bit
  let low = 0;
  let range = 510;
  let state = FIRST_STATE;
  let outstanding = 0;
  let first = true;

  const put = (bit: number): void => {
    if (first) first = false;
    else writer.bit(bit);
    for (; outstanding > 0; outstanding--) writer.bit(1 - bit);
  };
  const renormalise = (): void => {
    while (range < 256) {
      if (low < 256) {
        put(0);
      } else if (low >= 512) {
        low -= 512;
        put(1);
      } else {
        low -= 256;
        outstanding++;
      }
      range <<= 1;
      low <<= 1;
    }
  };

  for (let i = 0; i < macroblocks; i++) {
    // mb_skip_flag 1: neighbours are skipped too, so the context is always the first.
    range -= LPS_RANGES[(state - FIRST_STATE) * 4 + ((range >> 6) & 3)] ?? 0;
    if (state < LAST_STATE) state++;
    renormalise();
    // end_of_slice_flag
    range -= 2;
    if (i < macroblocks - 1) {
      renormalise();
      continue;
    }
    low += range;
    range = 2;
    renormalise();
    put((low >> 9) & 1);
    writer.bits(((low >> 7) & 3) | 1, 2);
  }
};
