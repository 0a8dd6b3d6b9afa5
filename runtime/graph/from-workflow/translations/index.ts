import type { Translation } from './draft.ts';
import { hls } from './hls.ts';
import { play } from './play.ts';
import { record } from './record.ts';
import { rtmp } from './rtmp.ts';
import { tap } from './tap.ts';
import { transcribe } from './transcribe.ts';

export type { StepDraft, Translation } from './draft.ts';

/** The nodes that steps are made of, by the name of their type within the package. */
export const translations: Readonly<Record<string, Translation | undefined>> = {
  trackTap: tap,
  record,
  rtmpOut: rtmp,
  hls,
  transcribe,
  play,
};
