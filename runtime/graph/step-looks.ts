import { RoomflowError, type CompositionLook } from '../contract/index.ts';
import type { EventLog } from '../events/index.ts';
import { canvasOf } from '../steps/index.ts';
import type { Store } from '../store/index.ts';
import type { ImageResolver } from './composition-images.ts';
import { checkLook } from './composition-request.ts';
import { changeLook, type LiveComposition } from './live-composition.ts';
import type { LiveStep } from './live-step.ts';
import type { StepPlane } from './step-plane.ts';

/** How the pictures look that live steps take. */
export type StepLooks = {
  /**
   * Fetches the images of a look; those that live steps show meanwhile are kept.
   *
   * @throws RoomflowError `image-unusable`, `address-not-allowed`
   */
  fetchImages: <L extends CompositionLook>(look: L) => Promise<L>;
  /**
   * Changes the picture of a step and of all that share its composition, now and for workers to come.
   *
   * @returns the step as it is then
   * @throws RoomflowError `step-not-found`, `step-not-running`, `invalid-composition`, `image-unusable`,
   *   `address-not-allowed`; `invalid-step-params` for a step that takes no composition
   */
  change(stepId: string, look: CompositionLook): Promise<LiveStep>;
};

export function createStepLooks(options: {
  store: Store;
  events: EventLog;
  plane: Pick<StepPlane, 'updateLook'>;
  images: ImageResolver;
  live: ReadonlyMap<string, LiveStep>;
  /** @throws RoomflowError `step-not-found`, `step-not-running` */
  requireLive(stepId: string): LiveStep;
  /** Writes down what a step runs with now. */
  keep(step: LiveStep): void;
}): StepLooks {
  const { store, events, plane, live } = options;
  const inUse = (): CompositionLook[] =>
    [...live.values()].flatMap(({ composition }) => (composition ? [composition.made.config] : []));
  const fetchImages = <L extends CompositionLook>(look: L): Promise<L> => options.images(look, inUse());

  /**
   * Tells the first step of the composition that runs; they share the picture. One that is being started, or is between
   * workers, is started with the new look, unless another runs already: then it joins what that one shows.
   */
  async function tell(composition: LiveComposition, look: CompositionLook): Promise<void> {
    for (const { stored, composition: own } of [...live.values()]) {
      if (own !== composition) {
        continue;
      }
      try {
        await plane.updateLook(stored.sessionId, stored.id, look);
        return;
      } catch (error) {
        const { code } = RoomflowError.from(error);
        if (code !== 'worker-lost' && code !== 'step-not-running') {
          throw error;
        }
      }
    }
  }

  return {
    fetchImages,
    async change(stepId, look) {
      const composition = changeable(options.requireLive(stepId));
      checkLook(look, '/config');
      const fetched = await fetchImages(look);
      const step = options.requireLive(stepId);
      store.transact(() => {
        const sharing = [...live.values()].filter((one) => one.composition === composition);
        changeLook({ store, events }, sharing, composition, { look, fetched });
        for (const one of sharing) {
          options.keep(one);
        }
      });
      await tell(composition, fetched);
      return step;
    },
  };
}

/** @throws RoomflowError `invalid-step-params`, `invalid-composition` for a step whose picture cannot be changed */
function changeable({ composition, stored }: LiveStep): LiveComposition {
  if (!composition) {
    throw new RoomflowError(
      'invalid-step-params',
      `Step "${stored.id}" (${stored.type}) takes one participant's media as it is: it has no picture to change.`,
    );
  }
  if (canvasOf(composition.asked.config) === null) {
    throw new RoomflowError(
      'invalid-composition',
      `Step "${stored.id}" takes sound alone (mode audio): it has no picture to change.`,
    );
  }
  return composition;
}
