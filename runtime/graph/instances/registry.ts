import type { RoomflowEvent } from '../../contract/index.ts';
import type { LiveInstance } from './live-instance.ts';
import { scopeKeyOf, type StandsFor } from './scope-of-instance.ts';

/** The instances that have not ended, found by what is asked for when something happens. */
export class InstanceRegistry {
  readonly #byId = new Map<string, LiveInstance>();
  readonly #byKey = new Map<string, LiveInstance>();
  readonly #byGraph = new Map<string, Set<LiveInstance>>();
  readonly #byRoom = new Map<string, Set<LiveInstance>>();
  readonly #byStep = new Map<string, { instance: LiveInstance; nodeId: string }>();

  add(instance: LiveInstance): void {
    const { id, graphId, roomId } = instance.stored;
    this.#byId.set(id, instance);
    if (instance.stored.state === 'running') {
      this.#byKey.set(instanceKeyOf(instance.stored), instance);
    }
    addTo(this.#byGraph, graphId, instance);
    addTo(this.#byRoom, roomId, instance);
  }

  remove(instance: LiveInstance): void {
    const { id, graphId, roomId } = instance.stored;
    this.#byId.delete(id);
    this.release(instance);
    removeFrom(this.#byGraph, graphId, instance);
    removeFrom(this.#byRoom, roomId, instance);
  }

  /** It is on its way out, and another may begin for the same: who comes back must not wait until all of it has ended. */
  release(instance: LiveInstance): void {
    const key = instanceKeyOf(instance.stored);
    if (this.#byKey.get(key) === instance) {
      this.#byKey.delete(key);
    }
  }

  find(id: string): LiveInstance | undefined {
    return this.#byId.get(id);
  }

  all(): LiveInstance[] {
    return [...this.#byId.values()];
  }

  ofGraph(graphId: string): LiveInstance[] {
    return [...(this.#byGraph.get(graphId) ?? [])];
  }

  countOf(graphId: string): number {
    return this.#byGraph.get(graphId)?.size ?? 0;
  }

  /** Whether an instance runs for this key, see {@link instanceKeyOf}; one that is being stopped does not. */
  holds(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** Those in the room of an event that `isMeant`. */
  inRoomOf({ roomId }: RoomflowEvent, isMeant: (instance: LiveInstance) => boolean): LiveInstance[] {
    const inRoom = this.#byRoom.get(roomId);
    return inRoom === undefined ? [] : [...inRoom].filter(isMeant);
  }

  link(stepId: string, instance: LiveInstance, nodeId: string): void {
    this.#byStep.set(stepId, { instance, nodeId });
  }

  unlink(stepId: string): void {
    this.#byStep.delete(stepId);
  }

  ofStep(stepId: string): { instance: LiveInstance; nodeId: string } | undefined {
    return this.#byStep.get(stepId);
  }
}

/** Of an event node there is one running instance for a room, session, participant or track at a time. Pure. */
export const instanceKeyOf = (
  instance: Omit<StandsFor, 'eventData'> & { graphId: string; nodeId: string },
): string => `${instance.graphId} ${instance.nodeId} ${scopeKeyOf(instance)}`;

function addTo<T>(map: Map<string, Set<T>>, key: string, value: T): void {
  const kept = map.get(key);
  if (kept) {
    kept.add(value);
  } else {
    map.set(key, new Set([value]));
  }
}

function removeFrom<T>(map: Map<string, Set<T>>, key: string, value: T): void {
  const kept = map.get(key);
  kept?.delete(value);
  if (kept?.size === 0) {
    map.delete(key);
  }
}
