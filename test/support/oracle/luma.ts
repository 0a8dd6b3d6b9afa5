/** The mean of all pixels, 0 black to 255 white. */
export function meanLuma(luma: Uint8Array): number {
  let sum = 0;
  for (const pixel of luma) {
    sum += pixel;
  }
  return sum / luma.length;
}

/** The mean difference of two pictures' pixels. */
export function meanDifference(one: Uint8Array, other: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) {
    sum += Math.abs((one[index] ?? 0) - (other[index] ?? 0));
  }
  return sum / one.length;
}
