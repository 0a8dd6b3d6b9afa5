import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import type { Page, Session, SessionParticipant } from '../../../runtime/contract/index.ts';
import { pagingFields, participantField, roomField } from '../../shared/descriptions';
import { readId, readLimit, type ItemResult } from '../../shared/items';
import { participantItem } from '../../shared/output';
import { callRuntime, listFromRuntime } from '../../shared/transport';
import type { Resource } from '../resource';

type ParticipantsOfSession = { participants: SessionParticipant[] };

type Entry = { participantId: string; name: string; requestedAt: string };

/** The session that runs in the room now. */
async function runningSession(context: IExecuteFunctions, itemIndex: number): Promise<Session | undefined> {
  const roomId = readId(context, 'room', itemIndex);
  const ongoing = await callRuntime<Page<Session>>(context, {
    path: '/v2/sessions',
    query: { roomId, status: 'ongoing', perPage: 1 },
  });
  return ongoing.data[0];
}

async function liveSession(context: IExecuteFunctions, itemIndex: number): Promise<Session> {
  const session = await runningSession(context, itemIndex);
  if (session === undefined) {
    throw new NodeOperationError(context.getNode(), 'Nobody is in the room', {
      itemIndex,
      description:
        'Run this while somebody is in it, or get the participants of an ended session with Session → Get.',
    });
  }
  return session;
}

async function order(
  context: IExecuteFunctions,
  itemIndex: number,
  path: string,
  body: IDataObject,
): Promise<ItemResult[]> {
  const roomId = readId(context, 'room', itemIndex);
  const participantId = readId(context, 'participant', itemIndex);
  await callRuntime(context, { method: 'POST', path, body: { roomId, participantId, ...body } });
  return [{ json: { roomId, participantId, ...body, success: true } }];
}

async function respond(
  context: IExecuteFunctions,
  itemIndex: number,
  decision: 'allowed' | 'denied',
): Promise<ItemResult[]> {
  const roomId = readId(context, 'room', itemIndex);
  const participantId = readId(context, 'participant', itemIndex);
  await callRuntime(context, {
    method: 'POST',
    path: `/v2/rooms/${encodeURIComponent(roomId)}/entries/respond`,
    body: { participantId, decision },
  });
  return [{ json: { roomId, participantId, decision, success: true } }];
}

async function toStage(
  context: IExecuteFunctions,
  itemIndex: number,
  onStage: boolean,
): Promise<ItemResult[]> {
  const roomId = readId(context, 'room', itemIndex);
  const participantId = readId(context, 'participant', itemIndex);
  await callRuntime(context, {
    method: 'POST',
    path: `/v2/rooms/${encodeURIComponent(roomId)}/stage`,
    body: { participantId, onStage },
  });
  return [{ json: { roomId, participantId, onStage, success: true } }];
}

export const participant: Resource = {
  fields: [
    {
      displayName: 'Operation',
      name: 'operation',
      type: 'options',
      noDataExpression: true,
      displayOptions: { show: { resource: ['participant'] } },
      options: [
        {
          name: 'Admit',
          value: 'admit',
          description: 'Let a guest in who waits in the lobby',
          action: 'Admit participant',
        },
        {
          name: 'Get',
          value: 'get',
          description: 'Get a participant who is in the room, with their tracks',
          action: 'Get participant',
        },
        {
          name: 'Get Many',
          value: 'getAll',
          description: 'List who is in the room now',
          action: 'Get many participants',
        },
        {
          name: 'Get Waiting',
          value: 'getWaiting',
          description: 'List who waits in the lobby',
          action: 'Get waiting participants',
        },
        {
          name: 'Invite on Stage',
          value: 'invite',
          description: 'Ask a viewer of the watch page to come on stage',
          action: 'Invite participant on stage',
        },
        {
          name: 'Mute',
          value: 'mute',
          description: 'Turn off a microphone, camera or screen',
          action: 'Mute participant',
        },
        {
          name: 'Refuse',
          value: 'refuse',
          description: 'Turn away a guest who waits in the lobby',
          action: 'Refuse participant',
        },
        {
          name: 'Remove',
          value: 'remove',
          description: 'Send a participant out of the room',
          action: 'Remove participant',
        },
        {
          name: 'Send to Audience',
          value: 'dismiss',
          description: 'Let somebody on stage watch again',
          action: 'Send participant to audience',
        },
      ],
      default: 'getAll',
    },
    roomField({ displayOptions: { show: { resource: ['participant'] } } }),
    participantField({
      required: true,
      displayOptions: {
        show: {
          resource: ['participant'],
          operation: ['admit', 'dismiss', 'get', 'invite', 'mute', 'refuse', 'remove'],
        },
      },
    }),
    {
      displayName: 'Track',
      name: 'kind',
      type: 'options',
      options: [
        { name: 'Camera', value: 'video' },
        { name: 'Microphone', value: 'audio' },
        { name: 'Screen', value: 'screen_video' },
        { name: 'Screen Sound', value: 'screen_audio' },
      ],
      default: 'audio',
      description: 'What to turn off',
      displayOptions: { show: { resource: ['participant'], operation: ['mute'] } },
    },
    ...pagingFields({ show: { resource: ['participant'], operation: ['getAll'] } }),
  ],
  operations: {
    admit: async (context, itemIndex) => await respond(context, itemIndex, 'allowed'),
    refuse: async (context, itemIndex) => await respond(context, itemIndex, 'denied'),
    invite: async (context, itemIndex) => await toStage(context, itemIndex, true),
    dismiss: async (context, itemIndex) => await toStage(context, itemIndex, false),
    mute: async (context, itemIndex) =>
      await order(context, itemIndex, '/v2/sessions/participants/mute', {
        kind: context.getNodeParameter('kind', itemIndex),
      }),
    remove: async (context, itemIndex) =>
      await order(context, itemIndex, '/v2/sessions/participants/remove', {}),
    get: async (context, itemIndex) => {
      const session = await liveSession(context, itemIndex);
      const participantId = readId(context, 'participant', itemIndex);
      const found = await callRuntime<SessionParticipant>(context, {
        path: `/v2/sessions/${encodeURIComponent(session.sessionId)}/participants/${encodeURIComponent(participantId)}`,
      });
      return [{ json: participantItem(found, session) }];
    },
    getAll: async (context, itemIndex) => {
      const session = await runningSession(context, itemIndex);
      if (session === undefined) {
        return [];
      }
      const present = await listFromRuntime<SessionParticipant, ParticipantsOfSession>(
        context,
        `/v2/sessions/${encodeURIComponent(session.sessionId)}/participants/active`,
        { limit: readLimit(context, itemIndex), entriesOf: (data) => data.participants },
      );
      return present.map((found) => ({ json: participantItem(found, session) }));
    },
    getWaiting: async (context, itemIndex) => {
      const roomId = readId(context, 'room', itemIndex);
      const answer = await callRuntime<{ data: Entry[] }>(context, {
        path: `/v2/rooms/${encodeURIComponent(roomId)}/entries`,
      });
      return answer.data.map((entry) => ({
        json: {
          roomId,
          participantId: entry.participantId,
          participantName: entry.name,
          requestedAt: entry.requestedAt,
        },
      }));
    },
  },
};
