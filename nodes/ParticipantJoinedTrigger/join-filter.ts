import type { RoomflowEvent } from '../../runtime/contract/index.ts';

export type JoinFilters = { hostsOnly?: boolean; modes?: string[]; nameContains?: string };

/** Tells which joins start the workflow. Filters left out or empty let everybody through. */
export function joinFilter(filters: JoinFilters): (event: RoomflowEvent) => boolean {
  const modes = filters.modes ?? [];
  const wanted = (filters.nameContains ?? '').trim().toLowerCase();
  return (event) =>
    event.type === 'participant-joined' &&
    (filters.hostsOnly !== true || event.data.permissions.includes('allow_mod')) &&
    (modes.length === 0 || modes.includes(event.data.mode)) &&
    event.data.participantName.toLowerCase().includes(wanted);
}
