import type { MessageView } from '../../../runtime/contract/index.ts';
import { roomField } from '../../shared/descriptions';
import { asJson, readId, readJson, splitList } from '../../shared/items';
import { callRuntime } from '../../shared/transport';
import type { Resource } from '../resource';

/** The topic of the chat on the join page. */
const chatTopic = 'CHAT';

export const message: Resource = {
  fields: [
    {
      displayName: 'Operation',
      name: 'operation',
      type: 'options',
      noDataExpression: true,
      displayOptions: { show: { resource: ['message'] } },
      options: [
        {
          name: 'Get Many',
          value: 'getAll',
          description: 'List the messages of a session',
          action: 'Get many messages',
        },
        { name: 'Send', value: 'send', description: 'Write into the chat of a room', action: 'Send message' },
      ],
      default: 'send',
    },
    roomField({ displayOptions: { show: { resource: ['message'] } } }),
    {
      displayName: 'Message',
      name: 'message',
      type: 'string',
      typeOptions: { rows: 3 },
      default: '',
      required: true,
      placeholder: 'This meeting is being recorded.',
      description: 'What to write',
      displayOptions: { show: { resource: ['message'], operation: ['send'] } },
    },
    {
      displayName: 'Options',
      name: 'options',
      type: 'collection',
      placeholder: 'Add option',
      default: {},
      displayOptions: { show: { resource: ['message'], operation: ['send'] } },
      options: [
        {
          displayName: 'Keep for Latecomers',
          name: 'persist',
          type: 'boolean',
          default: true,
          description: 'Whether those who join later see the message, too',
        },
        {
          displayName: 'Only To',
          name: 'sendOnly',
          type: 'string',
          default: '',
          placeholder: 'anna, ben',
          description:
            'Participant IDs that get the message, separated by commas. Leave empty for everybody.',
        },
        {
          displayName: 'Payload',
          name: 'payload',
          type: 'json',
          default: '{}',
          description: 'Data for programs in the room; not shown in the chat',
        },
        {
          displayName: 'Sender Name',
          name: 'senderName',
          type: 'string',
          default: 'n8n',
          description: 'Who the message is from, as shown in the chat',
        },
        {
          displayName: 'Topic',
          name: 'topic',
          type: 'string',
          default: chatTopic,
          description: 'CHAT is the chat of the join page; programs can listen to other topics',
        },
      ],
    },
    {
      displayName: 'Filters',
      name: 'filters',
      type: 'collection',
      placeholder: 'Add filter',
      default: {},
      displayOptions: { show: { resource: ['message'], operation: ['getAll'] } },
      options: [
        {
          displayName: 'Session ID',
          name: 'sessionId',
          type: 'string',
          default: '={{ $json.sessionId }}',
          description: 'Messages of this session. Left out: of the session that runs now or ran last.',
        },
        {
          displayName: 'Topic',
          name: 'topic',
          type: 'string',
          default: chatTopic,
          description: 'Only messages on this topic',
        },
      ],
    },
  ],
  operations: {
    send: async (context, itemIndex) => {
      const options = context.getNodeParameter('options', itemIndex, {}) as {
        persist?: boolean;
        sendOnly?: string;
        payload?: unknown;
        senderName?: string;
        topic?: string;
      };
      const roomId = readId(context, 'room', itemIndex);
      const only = splitList(options.sendOnly ?? '');
      const payload = readJson(context, options.payload, 'Payload', itemIndex);
      const sent = await callRuntime<MessageView>(context, {
        method: 'POST',
        path: `/v2/rooms/${encodeURIComponent(roomId)}/messages`,
        body: {
          topic: options.topic ?? chatTopic,
          message: context.getNodeParameter('message', itemIndex),
          senderName: options.senderName ?? 'n8n',
          persist: options.persist ?? true,
          ...(only.length === 0 ? {} : { sendOnly: only }),
          ...(payload === undefined ? {} : { payload: payload }),
        },
      });
      return [{ json: { roomId, ...asJson(sent) } }];
    },
    getAll: async (context, itemIndex) => {
      const roomId = readId(context, 'room', itemIndex);
      const filters = context.getNodeParameter('filters', itemIndex, {});
      const answer = await callRuntime<{ data: MessageView[] }>(context, {
        path: `/v2/rooms/${encodeURIComponent(roomId)}/messages`,
        query: filters,
      });
      return answer.data.map((found) => ({ json: { roomId, ...asJson(found) } }));
    },
  },
};
