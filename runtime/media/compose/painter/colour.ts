/**
 * The colours of every composed picture: BT.601 matrix, limited range (luma 16 to 235), with the primaries and the
 * transfer function of BT.709. That is what browsers send (libwebrtc converts with the BT.601 matrix whatever the
 * size) and the only matrix VP8 knows, so people's pictures go through unconverted, and encoders are to say
 * exactly this: matrix `smpte170m`, primaries and transfer `bt709`, range `tv`.
 */
export type Yuv = { y: number; u: number; v: number };

export const toYuv = (red: number, green: number, blue: number): Yuv => ({
  y: Math.round(16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255),
  u: Math.round(128 + (-37.797 * red - 74.203 * green + 112 * blue) / 255),
  v: Math.round(128 + (112 * red - 93.786 * green - 18.214 * blue) / 255),
});

/** `#rrggbb` as Y, U and V. */
export const hexToYuv = (hex: string): Yuv => {
  const value = Number.parseInt(hex.slice(1), 16);
  return toYuv((value >> 16) & 255, (value >> 8) & 255, value & 255);
};
