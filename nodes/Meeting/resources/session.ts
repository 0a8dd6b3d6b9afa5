import type { Session } from '../../../runtime/contract/index.ts';
import { pagingFields, roomField } from '../../shared/descriptions';
import { readId, readLimit, readOptionalId } from '../../shared/items';
import { sessionItem } from '../../shared/output';
import { callRuntime, listFromRuntime } from '../../shared/transport';
import type { Resource } from '../resource';

export const session: Resource = {
  fields: [
    {
      displayName: 'Operation',
      name: 'operation',
      type: 'options',
      noDataExpression: true,
      displayOptions: { show: { resource: ['session'] } },
      options: [
        {
          name: 'End',
          value: 'end',
          description: 'Send everybody out of the room; it stays open for a next session',
          action: 'End session',
        },
        { name: 'Get', value: 'get', description: 'Get a session and who took part', action: 'Get session' },
        { name: 'Get Many', value: 'getAll', description: 'List sessions', action: 'Get many sessions' },
      ],
      default: 'get',
    },
    roomField({ displayOptions: { show: { resource: ['session'], operation: ['end'] } } }),
    {
      displayName: 'Session ID',
      name: 'session',
      type: 'string',
      default: '={{ $json.sessionId }}',
      required: true,
      description: 'The session to get. The triggers hand it on as sessionId.',
      displayOptions: { show: { resource: ['session'], operation: ['get'] } },
    },
    ...pagingFields({ show: { resource: ['session'], operation: ['getAll'] } }),
    {
      displayName: 'Filters',
      name: 'filters',
      type: 'collection',
      placeholder: 'Add filter',
      default: {},
      displayOptions: { show: { resource: ['session'], operation: ['getAll'] } },
      options: [
        {
          displayName: 'Room ID',
          name: 'roomId',
          type: 'string',
          default: '={{ $json.roomId }}',
          description: 'Only sessions of this room',
        },
        {
          displayName: 'Status',
          name: 'status',
          type: 'options',
          options: [
            { name: 'Ended', value: 'ended' },
            { name: 'Ongoing', value: 'ongoing' },
          ],
          default: 'ongoing',
          description: 'Only sessions in this state',
        },
      ],
    },
  ],
  operations: {
    end: async (context, itemIndex) => {
      const ended = await callRuntime<Session>(context, {
        method: 'POST',
        path: '/v2/sessions/end',
        body: { roomId: readId(context, 'room', itemIndex) },
      });
      return [{ json: sessionItem(ended) }];
    },
    get: async (context, itemIndex) => {
      const path = `/v2/sessions/${encodeURIComponent(readId(context, 'session', itemIndex))}`;
      return [{ json: sessionItem(await callRuntime<Session>(context, { path })) }];
    },
    getAll: async (context, itemIndex) => {
      const filters = context.getNodeParameter('filters', itemIndex, {});
      const roomId = readOptionalId(context, 'filters.roomId', itemIndex);
      const sessions = await listFromRuntime<Session>(context, '/v2/sessions', {
        limit: readLimit(context, itemIndex),
        query: {
          ...(roomId === undefined ? {} : { roomId }),
          ...(filters.status === undefined ? {} : { status: filters.status }),
        },
        entriesOf: (data) => data,
      });
      return sessions.map((found) => ({ json: sessionItem(found) }));
    },
  },
};
