import type { IExecuteFunctions } from 'n8n-workflow';
import type { Room } from '../../../runtime/contract/index.ts';
import { pagingFields, roomField } from '../../shared/descriptions';
import { readId, readLimit, type ItemResult } from '../../shared/items';
import { roomItem } from '../../shared/output';
import { callRuntime, listFromRuntime } from '../../shared/transport';
import type { Resource } from '../resource';

async function setStatus(
  context: IExecuteFunctions,
  itemIndex: number,
  status: Room['status'],
): Promise<ItemResult[]> {
  const path = `/v2/rooms/${encodeURIComponent(readId(context, 'room', itemIndex))}`;
  return [{ json: roomItem(await callRuntime<Room>(context, { method: 'POST', path, body: { status } })) }];
}

export const room: Resource = {
  fields: [
    {
      displayName: 'Operation',
      name: 'operation',
      type: 'options',
      noDataExpression: true,
      displayOptions: { show: { resource: ['room'] } },
      options: [
        {
          name: 'Close',
          value: 'close',
          description: 'End the session and let nobody in any more',
          action: 'Close room',
        },
        { name: 'Get', value: 'get', description: 'Get a room and who is in it', action: 'Get room' },
        { name: 'Get Many', value: 'getAll', description: 'List rooms', action: 'Get many rooms' },
        { name: 'Reopen', value: 'reopen', description: 'Let people in again', action: 'Reopen room' },
      ],
      default: 'get',
    },
    roomField({ displayOptions: { show: { resource: ['room'], operation: ['close', 'get', 'reopen'] } } }),
    ...pagingFields({ show: { resource: ['room'], operation: ['getAll'] } }),
  ],
  operations: {
    close: async (context, itemIndex) => await setStatus(context, itemIndex, 'disabled'),
    reopen: async (context, itemIndex) => await setStatus(context, itemIndex, 'enabled'),
    get: async (context, itemIndex) => {
      const path = `/v2/rooms/${encodeURIComponent(readId(context, 'room', itemIndex))}`;
      return [{ json: roomItem(await callRuntime<Room>(context, { path })) }];
    },
    getAll: async (context, itemIndex) => {
      const rooms = await listFromRuntime<Room>(context, '/v2/rooms', {
        limit: readLimit(context, itemIndex),
        entriesOf: (data) => data,
      });
      return rooms.map((found) => ({ json: roomItem(found) }));
    },
  },
};
