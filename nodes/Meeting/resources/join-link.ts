import type { JoinLink, Permission } from '../../../runtime/contract/index.ts';
import { roomField } from '../../shared/descriptions';
import { readId, readText } from '../../shared/items';
import { callRuntime } from '../../shared/transport';
import type { Resource } from '../resource';

const permissionsOf: Record<string, Permission[]> = {
  join: ['allow_join'],
  ask: ['ask_join'],
  moderate: ['allow_join', 'allow_mod'],
};

export const joinLink: Resource = {
  fields: [
    {
      displayName: 'Operation',
      name: 'operation',
      type: 'options',
      noDataExpression: true,
      displayOptions: { show: { resource: ['joinLink'] } },
      options: [
        {
          name: 'Create',
          value: 'create',
          description: 'Make a link with which one guest can join',
          action: 'Create join link',
        },
      ],
      default: 'create',
    },
    roomField({ displayOptions: { show: { resource: ['joinLink'] } } }),
    {
      displayName: 'Guest Name',
      name: 'guestName',
      type: 'string',
      default: '={{ $json.name }}',
      description: 'Filled in on the join page; the guest can change it. May be empty.',
      displayOptions: { show: { resource: ['joinLink'] } },
    },
    {
      displayName: 'Guest May',
      name: 'rights',
      type: 'options',
      options: [
        { name: 'Ask to Join', value: 'ask', description: 'Wait in the lobby until a host lets them in' },
        { name: 'Join', value: 'join' },
        { name: 'Join and Moderate', value: 'moderate', description: 'Admit, mute and remove others, too' },
        {
          name: 'Watch',
          value: 'watch',
          description: 'Watch the HLS stream, chat, vote and ask; come on stage when invited',
        },
      ],
      default: 'join',
      description: 'What the link allows',
      displayOptions: { show: { resource: ['joinLink'] } },
    },
    {
      displayName: 'Options',
      name: 'options',
      type: 'collection',
      placeholder: 'Add option',
      default: {},
      displayOptions: { show: { resource: ['joinLink'] } },
      options: [
        {
          displayName: 'Expires After (Minutes)',
          name: 'expiresInMinutes',
          type: 'number',
          typeOptions: { minValue: 1, maxValue: 525600 },
          default: 1440,
          description: 'How long the link can be used',
        },
        {
          displayName: 'Participant ID',
          name: 'participantId',
          type: 'string',
          default: '',
          placeholder: 'e.g. anna',
          description:
            'The participant ID the guest will have. The link is then for one person: a second one with it takes the first one’s place.',
        },
      ],
    },
  ],
  operations: {
    create: async (context, itemIndex) => {
      const options = context.getNodeParameter('options', itemIndex, {}) as {
        expiresInMinutes?: number;
        participantId?: string;
      };
      const name = readText(context, 'guestName', itemIndex);
      const participantId = options.participantId?.trim() ?? '';
      const rights = context.getNodeParameter('rights', itemIndex, 'join') as string;
      const link = await callRuntime<JoinLink>(context, {
        method: 'POST',
        path: `/v2/rooms/${encodeURIComponent(readId(context, 'room', itemIndex))}/join-links`,
        body: {
          permissions: permissionsOf[rights] ?? permissionsOf.join,
          ...(rights === 'watch' ? { mode: 'SIGNALLING_ONLY' } : {}),
          ...(name === '' ? {} : { name }),
          ...(participantId === '' ? {} : { participantId }),
          ...(options.expiresInMinutes === undefined ? {} : { expiresInMinutes: options.expiresInMinutes }),
        },
      });
      return [
        {
          json: {
            roomId: link.roomId,
            guestName: link.name,
            joinUrl: link.url,
            expiresAt: link.expiresAt,
            permissions: link.permissions,
            participantId: link.participantId,
          },
        },
      ];
    },
  },
};
