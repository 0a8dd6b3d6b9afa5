import type { PictureEdge } from '../../../contract/index.ts';
import { bitrateText } from './quantities.ts';

export type EdgeText = {
  isFlowing: boolean;
  /** How much flows, or what; empty where it is not known. */
  flow: string;
  /** Pictures a second; empty where there are none. */
  pace: string;
  /** What waits and what was left out; empty when all is well. */
  trouble: string;
};

/** What stands on an edge of the live picture, a line each: figures that are not known are left out. Pure. */
export function edgeText({ label, bitrateBps, fps, queueDepth, dropped }: PictureEdge): EdgeText {
  const trouble = [
    queueDepth === null || queueDepth === 0 ? '' : `${Math.round(queueDepth)} queued`,
    dropped === null || dropped === 0 ? '' : `${dropped.toLocaleString('en')} dropped`,
  ].filter((text) => text !== '');
  return {
    isFlowing: (bitrateBps ?? 0) > 0,
    flow: bitrateBps === null ? label : bitrateText(bitrateBps),
    pace: fps === null ? '' : `${Math.round(fps)} fps`,
    trouble: trouble.join(' · '),
  };
}
