import { TICKS_PER_SECOND } from './matroska.ts';

export const TICKS_PER_MS = TICKS_PER_SECOND / 1000;

/**
 * How the scale filter of a running ffmpeg learns the width for a frame: from the digits of the frame's timestamp below a
 * millisecond. So a picture has its new size with that very frame, where commands from outside take 100 ms and get lost
 * when the sender changes its size.
 */
export type Scaling = {
  /** The filters, from whole pictures to ones of that width at first. */
  filters(width: number): string;
  /** The digits for a frame, in ticks. */
  digitsOf(width: number, isChange: boolean): number;
};

/** @param version - Major version of the ffmpeg; undefined when it does not say. */
export const scalingFor = (version: number | undefined): Scaling =>
  version === 5 || version === 6 ? byCommand : byExpression;

/**
 * Frames at which the width changes go through the first branch too, where their digits become a command to the scale
 * filter before that gets the frame itself: filters run in the order in which they are named. ffmpeg 7 keeps the pictures
 * of such a graph to itself: its second sink seldom gets one, and that is whom it waits for.
 */
const byCommand: Scaling = {
  filters(width) {
    const changed = `select='gt(${digitsAt('t')},0)'`;
    const command = `sendcmd=c='0-1000000000 [expr] scale@sized w ${digitsAt('T')}'`;
    return `split[changed][all];[changed]${changed},${command},nullsink;[all]scale@sized=w=${width}:h=-2:flags=bilinear`;
  },
  digitsOf: (width, isChange) => (isChange ? width : 0),
};

/** Works with every ffmpeg, and sets the filter up anew for each frame: 0.1 ms of 1.3. */
const byExpression: Scaling = {
  filters: () => `scale=w='trunc(${digitsAt('t')})':h=-2:eval=frame:flags=bilinear`,
  digitsOf: (width) => width,
};

/** An expression of the digits below a millisecond. Without commas, which would end a command. */
const digitsAt = (time: string): string => {
  const ticks = `round(${time}*${TICKS_PER_SECOND})`;
  return `${ticks}-${TICKS_PER_MS}*floor(${ticks}/${TICKS_PER_MS})`;
};
