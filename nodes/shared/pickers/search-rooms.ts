import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import type { Page, Room } from '../../../runtime/contract/index.ts';
import { callRuntime, toNodeError } from '../transport';
import { matchesFilter } from './matches-filter';

const perPage = 100;
const everyRoom = { name: 'Every Room', value: '' };

function describe(room: Room): string {
  const people = room.activeParticipants;
  const name = room.customRoomId ?? room.roomId;
  return people === 0 ? name : `${name} (${people} ${people === 1 ? 'person' : 'people'} in it)`;
}

/** Rooms, the live ones of each page first. No rooms: an empty list. */
export async function searchRooms(
  this: ILoadOptionsFunctions,
  filter?: string,
  paginationToken?: string,
): Promise<INodeListSearchResult> {
  const page = Number(paginationToken ?? 1);
  try {
    const answer = await callRuntime<Page<Room>>(this, { path: '/v2/rooms', query: { page, perPage } });
    const rooms = answer.data.filter((room) => !room.disabled);
    rooms.sort((a, b) => b.activeParticipants - a.activeParticipants);
    return {
      results: rooms
        .filter((room) => matchesFilter(filter, room.roomId, room.customRoomId))
        .map((room) => ({ name: describe(room), value: room.roomId })),
      ...(page < answer.pageInfo.lastPage ? { paginationToken: String(page + 1) } : {}),
    };
  } catch (error) {
    throw toNodeError(this.getNode(), error);
  }
}

/** The same for a trigger, which listens to every room while none is chosen: one chosen can be let go again. */
export async function searchRoomsOrEvery(
  this: ILoadOptionsFunctions,
  filter?: string,
  paginationToken?: string,
): Promise<INodeListSearchResult> {
  const found = await searchRooms.call(this, filter, paginationToken);
  const isFirst = paginationToken === undefined && matchesFilter(filter, everyRoom.name);
  return isFirst ? { ...found, results: [everyRoom, ...found.results] } : found;
}
