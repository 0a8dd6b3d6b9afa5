import type { PictureEdge } from '../../../contract/index.ts';
import { bitrateText } from './quantities.ts';

export type EdgeText = {
  isFlowing: boolean;
  /** What flows; empty where it is not known. */
  flow: string;
  /** What waits and what was left out; empty when all is well. */
  trouble: string;
};

/** What stands on an edge of the live picture: figures that are not known are left out. Pure. */
export function edgeText({ label, bitrateBps, fps, queueDepth, dropped }: PictureEdge): EdgeText {
  const flow = [
    bitrateBps === null ? '' : bitrateText(bitrateBps),
    fps === null ? '' : `${Math.round(fps)} fps`,
  ].filter((text) => text !== '');
  const trouble = [
    queueDepth === null || queueDepth === 0 ? '' : `${Math.round(queueDepth)} queued`,
    dropped === null || dropped === 0 ? '' : `${dropped.toLocaleString('en')} dropped`,
  ].filter((text) => text !== '');
  return {
    isFlowing: (bitrateBps ?? 0) > 0,
    flow: flow.length === 0 ? label : flow.join(' · '),
    trouble: trouble.join(' · '),
  };
}
