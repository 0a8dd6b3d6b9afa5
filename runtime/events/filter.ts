import { eventTypes, matchesEventType, type EventType } from '../contract/index.ts';

/** Which events are wanted. `types` may end in a wildcard; empty or left out means all. */
export type EventFilter = { types?: readonly string[] | undefined; roomId?: string | undefined };

/** A filter as SQL and the live path use it. `nothing` when no known event type fits. */
export type CompiledFilter = {
  types: readonly EventType[];
  roomId: string | undefined;
  nothing: boolean;
  matches: (event: { type: string; roomId: string }) => boolean;
};

export function compileFilter({ types = [], roomId }: EventFilter): CompiledFilter {
  const wanted = types.length === 0 ? [] : eventTypes.filter((type) => matchesEventType(types, type));
  const nothing = types.length > 0 && wanted.length === 0;
  const set = new Set<string>(wanted);
  return {
    types: wanted,
    roomId,
    nothing,
    matches: (event) =>
      !nothing &&
      (set.size === 0 || set.has(event.type)) &&
      (roomId === undefined || event.roomId === roomId),
  };
}
