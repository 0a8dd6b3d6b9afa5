import { PICTURES_PER_SECOND, SAMPLES_PER_SECOND, samplesPerFrame } from '../engine/index.ts';
import type { CompositorOptions } from './types.ts';

/**
 * What a composition does at a time. Each time costs 0.1 to 0.3 ms for the waking of both processes, beside the work, so
 * sound goes with the pictures, and where there are none, six frames of AAC (128 ms) go together: a twentieth less work
 * than with four, a seventh less than with three.
 */
export const beatSamplesOf = (canvas: CompositorOptions['canvas']): number =>
  canvas === null ? 6 * samplesPerFrame.aac : SAMPLES_PER_SECOND / PICTURES_PER_SECOND;

/** Before a beat, what is to go into it is on its way: four guests' pictures are decoded when the beat comes. */
const LEAD_MS = 4;

/**
 * How long what comes now may wait for more, so that all goes to the child together, in time for its next beat. Pure.
 *
 * @param sinceBeatMs - Since any beat, before or after now.
 */
export const untilSendingMs = (sinceBeatMs: number, beatMs: number): number => {
  const untilBeatMs = beatMs - (((sinceBeatMs % beatMs) + beatMs) % beatMs);
  return untilBeatMs > LEAD_MS ? untilBeatMs - LEAD_MS : untilBeatMs - LEAD_MS + beatMs;
};
