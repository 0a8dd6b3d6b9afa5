import { RoomflowError } from '../contract/index.ts';
import { canvasOf } from '../steps/index.ts';
import type { LiveComposition } from './live-composition.ts';
import type { LiveStep } from './live-step.ts';

/** How much may run at a time: a host that is asked for more than it has would lose pictures in every room. */
export type StepLimits = {
  stepsPerRoom: number;
  /** Composed pictures over all rooms, each counted once however many outputs share it. */
  encoders: number;
};

/**
 * Refuses what would be too much beside what runs. What runs already has priority: it is taken up again after a loss
 * without being asked. A composition that passes a camera through counts too, since it is drawn as soon as that camera
 * no longer fits; sound alone does not, it costs 0.02 core.
 *
 * @param composition of the step that is to begin; null when it takes none
 * @throws RoomflowError `too-many-steps`, `too-many-encoders`, with what is in use
 */
export function requireWithinLimits(
  limits: StepLimits,
  live: Iterable<Pick<LiveStep, 'stored' | 'composition'>>,
  roomId: string,
  composition: LiveComposition | null,
): void {
  const inRoom = new Map<string, number>();
  const drawn = new Set<LiveComposition>();
  for (const step of live) {
    if (step.stored.roomId === roomId) {
      inRoom.set(step.stored.type, (inRoom.get(step.stored.type) ?? 0) + 1);
    }
    if (step.composition && isDrawn(step.composition)) {
      drawn.add(step.composition);
    }
  }
  const count = [...inRoom.values()].reduce((sum, ofType) => sum + ofType, 0);
  if (count >= limits.stepsPerRoom) {
    const what = [...inRoom].map(([type, ofType]) => `${ofType} ${type}`).join(', ');
    throw new RoomflowError(
      'too-many-steps',
      `${count} steps run in room "${roomId}" (${what}), and maxStepsPerRoom is ${limits.stepsPerRoom}. Stop some, or raise the setting.`,
    );
  }
  if (composition && isDrawn(composition) && !drawn.has(composition) && drawn.size >= limits.encoders) {
    throw new RoomflowError(
      'too-many-encoders',
      `${drawn.size} composed pictures are encoded on this host, and maxEncoders is ${limits.encoders}. Ask for a picture that runs already, stop one, or raise the setting.`,
    );
  }
}

const isDrawn = ({ asked }: LiveComposition): boolean => canvasOf(asked.config) !== null;
