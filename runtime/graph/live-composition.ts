import { randomBytes } from 'node:crypto';
import type { CompositionLook } from '../contract/index.ts';
import type { EventLog } from '../events/index.ts';
import { compositionKey, withLook, type CompositionRequest } from '../steps/index.ts';
import { updateStep, type Store } from '../store/index.ts';
import { shownLook } from './composition-request.ts';
import type { LiveStep } from './live-step.ts';

/** A composition that live steps share: what is asked of it now, and under which id the worker knows it. */
export type LiveComposition = {
  readonly id: string;
  readonly sessionId: string;
  /** As callers have named it: it tells which further steps ask for the same. */
  asked: CompositionRequest;
  /** The same for the worker: images stand as the files they were fetched to. */
  made: CompositionRequest;
};

/** The composition that live steps of the session hold and that is the same as the one asked for, or a new one. */
export function compositionFor(
  live: Iterable<LiveStep>,
  sessionId: string,
  asked: CompositionRequest,
  made: CompositionRequest,
): LiveComposition {
  const key = compositionKey(asked);
  for (const { composition, stored } of live) {
    if (
      composition?.sessionId === sessionId &&
      stored.state !== 'stopping' &&
      compositionKey(composition.asked) === key
    ) {
      return composition;
    }
  }
  return { id: `cmp_${randomBytes(9).toString('base64url')}`, sessionId, asked, made };
}

/** Notes a change of look with all steps that share the composition, and tells of it. */
export function changeLook(
  { store, events }: { store: Store; events: EventLog },
  live: Iterable<LiveStep>,
  composition: LiveComposition,
  { look, fetched }: { look: CompositionLook; fetched: CompositionLook },
): void {
  composition.asked = { ...composition.asked, config: withLook(composition.asked.config, look) };
  composition.made = { ...composition.made, config: withLook(composition.made.config, fetched) };
  store.transact(() => {
    for (const { stored, composition: own } of live) {
      if (own === composition) {
        const { config } = stored.params;
        stored.params = {
          ...stored.params,
          config: shownLook(withLook((config ?? {}) as CompositionLook, look)),
        };
        updateStep(store, stored.id, { params: stored.params });
        events.append('composition-changed', {
          roomId: stored.roomId,
          sessionId: stored.sessionId,
          data: { stepId: stored.id, config: stored.params['config'] },
        });
      }
    }
  });
}
