import type { StepType } from './step.ts';
import { compose } from './compose.ts';
import { hls } from './hls.ts';
import { play } from './play/index.ts';
import { publish } from './publish/index.ts';
import { record } from './record.ts';
import { rtmp } from './rtmp.ts';
import { tap } from './tap/index.ts';
import { transcribe } from './transcribe.ts';

/** Every step type by name. Adding one touches its own file, this table and its n8n node. */
export const registry = { tap, compose, record, rtmp, hls, transcribe, play, publish } as const;

export type StepName = keyof typeof registry;

/** The step type of that name, or `undefined`. */
export function stepTypeOf(name: string): StepType | undefined {
  return Object.hasOwn(registry, name) ? registry[name as StepName] : undefined;
}
