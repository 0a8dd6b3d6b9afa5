import type { Room } from '../../../contract/index.ts';

/** Rooms with a live session, the fullest first; then the others as they came. Pure. */
export function liveFirst(rooms: readonly Room[]): { live: Room[]; others: Room[] } {
  const isLive = ({ activeSessionId }: Room): boolean => activeSessionId !== null;
  return {
    live: rooms.filter(isLive).sort((a, b) => b.activeParticipants - a.activeParticipants),
    others: rooms.filter((room) => !isLive(room)),
  };
}
