/** Red, green and blue, 0 to 255 each. */
export type Colour = { red: number; green: number; blue: number };

/** Straight distance in RGB: 0 the same, 441 black from white. */
export function colourDistance(one: Colour, other: Colour): number {
  return Math.hypot(one.red - other.red, one.green - other.green, one.blue - other.blue);
}
