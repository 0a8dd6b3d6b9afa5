import type { StepUpdate } from '../step.ts';
import type { TapFrameUpdate } from './frames.ts';
import type { TapRtpUpdate } from './rtp-outputs.ts';
import type { TapAudioUpdate } from './utterances.ts';

/** What a running tap tells its service. */
export type TapUpdate = TapFrameUpdate | TapAudioUpdate | TapRtpUpdate;

const kinds: readonly string[] = ['tap-frame', 'tap-audio', 'tap-rtp'] satisfies TapUpdate['kind'][];

/** Of a tap step, which sends no others. */
export const isTapUpdate = (update: StepUpdate): update is TapUpdate => kinds.includes(update.kind);
