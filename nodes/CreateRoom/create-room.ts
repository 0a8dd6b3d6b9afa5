import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import type { JoinLink, Room } from '../../runtime/contract/index.ts';
import { readText, splitList, type ItemResult } from '../shared/items';
import { roomItem } from '../shared/output';
import { callRuntime } from '../shared/transport';

const roomIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{2,63}$/;

type Options = {
  allowedParticipantIds?: string;
  closeAfterMinutes?: number;
  deactivateOnClose?: boolean;
  expiresInMinutes?: number;
  maxForwardedSpeakers?: number;
  maxParticipants?: number;
  webhookEvents?: string;
  webhookUrl?: string;
};

function autoCloseOf(options: Options): IDataObject {
  if (options.closeAfterMinutes === undefined && options.deactivateOnClose !== true) {
    return {};
  }
  const type = options.deactivateOnClose === true ? 'session-end-and-deactivate' : 'session-ends';
  return { autoCloseConfig: { type, duration: options.closeAfterMinutes ?? 480 } };
}

function webhookOf(options: Options): IDataObject {
  const endPoint = options.webhookUrl?.trim() ?? '';
  return endPoint === '' ? {} : { webhook: { endPoint, events: splitList(options.webhookEvents ?? '') } };
}

async function makeRoom(context: IExecuteFunctions, itemIndex: number, options: Options): Promise<Room> {
  const customRoomId = readText(context, 'customRoomId', itemIndex);
  if (customRoomId !== '' && !roomIdPattern.test(customRoomId)) {
    throw new NodeOperationError(context.getNode(), `"${customRoomId}" cannot be a room ID`, {
      itemIndex,
      description:
        'A room ID has 3 to 64 letters, digits, dashes and underscores, and begins with a letter or digit.',
    });
  }
  const allowed = splitList(options.allowedParticipantIds ?? '');
  return await callRuntime<Room>(context, {
    method: 'POST',
    path: '/v2/rooms',
    body: {
      ...(customRoomId === '' ? {} : { customRoomId }),
      ...(allowed.length === 0 ? {} : { allowedParticipantIds: allowed }),
      ...(options.maxParticipants === undefined ? {} : { maxParticipants: options.maxParticipants }),
      ...(options.maxForwardedSpeakers === undefined
        ? {}
        : { maxForwardedSpeakers: options.maxForwardedSpeakers }),
      ...autoCloseOf(options),
      ...webhookOf(options),
    },
  });
}

/** Creates the room of one item (or finds the one its ID names), with a link anybody can use unless that is turned off. */
export async function createRoom(context: IExecuteFunctions, itemIndex: number): Promise<ItemResult[]> {
  const options = context.getNodeParameter('options', itemIndex, {}) as Options;
  const room = await makeRoom(context, itemIndex, options);
  if (context.getNodeParameter('addJoinLink', itemIndex, true) === false) {
    return [{ json: roomItem(room) }];
  }
  const link = await callRuntime<JoinLink>(context, {
    method: 'POST',
    path: `/v2/rooms/${encodeURIComponent(room.roomId)}/join-links`,
    body: options.expiresInMinutes === undefined ? {} : { expiresInMinutes: options.expiresInMinutes },
  });
  return [{ json: { ...roomItem(room), joinUrl: link.url, joinUrlExpiresAt: link.expiresAt } }];
}
