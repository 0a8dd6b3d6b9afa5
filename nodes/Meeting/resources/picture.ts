import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import type { Step } from '../../../runtime/contract/index.ts';
import { participantField, roomField } from '../../shared/descriptions';
import { readId, readText, type ItemResult } from '../../shared/items';
import { stepItem } from '../../shared/output';
import { layoutField, lookField, readLook } from '../../shared/picture';
import { changeLook } from '../../shared/steps';
import { callRuntime } from '../../shared/transport';
import type { Resource } from '../resource';

type Pins = { pinnedIds: string[] };

const pathOf = (roomId: string): string => `/v2/rooms/${encodeURIComponent(roomId)}/pins`;

async function change(
  context: IExecuteFunctions,
  itemIndex: number,
  next: (pinnedIds: string[]) => string[],
): Promise<ItemResult[]> {
  const roomId = readId(context, 'room', itemIndex);
  const { pinnedIds } = await callRuntime<Pins>(context, { path: pathOf(roomId) });
  const changed = await callRuntime<Pins>(context, {
    method: 'PUT',
    path: pathOf(roomId),
    body: { pinnedIds: next(pinnedIds) },
  });
  return [{ json: { roomId, pinnedIds: changed.pinnedIds } }];
}

/** Running steps that hold a composed picture of the room. */
async function composingSteps(context: IExecuteFunctions, itemIndex: number): Promise<string[]> {
  const roomId = readId(context, 'room', itemIndex);
  const { data } = await callRuntime<{ data: Step[] }>(context, {
    path: `/v2/rooms/${encodeURIComponent(roomId)}/steps`,
    query: { state: 'running' },
  });
  const stepIds = data
    .filter(({ step, with: params }) => (step === 'record' ? params.source === 'room' : step !== 'tap'))
    .map(({ stepId }) => stepId);
  if (stepIds.length === 0) {
    throw new NodeOperationError(context.getNode(), 'Nothing shows the room now', {
      itemIndex,
      description: 'Start a recording of everybody, a livestream or an HLS stream first.',
    });
  }
  return stepIds;
}

/** Who comes first in the composed picture of a room: in recordings, livestreams and HLS alike. */
export const picture: Resource = {
  fields: [
    {
      displayName: 'Operation',
      name: 'operation',
      type: 'options',
      noDataExpression: true,
      displayOptions: { show: { resource: ['picture'] } },
      options: [
        {
          name: 'Change Layout',
          value: 'changeLayout',
          description: 'Change the picture of a recording, livestream or stream while it runs',
          action: 'Change layout of picture',
        },
        {
          name: 'Pin',
          value: 'pin',
          description: 'Put a participant first in recordings and broadcasts of the room',
          action: 'Pin participant in picture',
        },
        {
          name: 'Unpin',
          value: 'unpin',
          description: 'Let a participant go back to their place',
          action: 'Unpin participant in picture',
        },
        {
          name: 'Unpin Everybody',
          value: 'unpinAll',
          description: 'Let whoever speaks come first again',
          action: 'Unpin everybody in picture',
        },
      ],
      default: 'pin',
    },
    roomField({ displayOptions: { show: { resource: ['picture'] } } }),
    layoutField({ show: { resource: ['picture'], operation: ['changeLayout'] } }),
    {
      displayName: 'Step ID',
      name: 'stepId',
      type: 'string',
      default: '',
      placeholder: 'Everything that shows the room',
      description:
        'The recording, livestream or stream to change, as Record, RTMP Out and HLS hand it on. Left empty: whatever runs in the room. What shares one picture changes together.',
      displayOptions: { show: { resource: ['picture'], operation: ['changeLayout'] } },
    },
    lookField({ show: { resource: ['picture'], operation: ['changeLayout'] } }),
    participantField({
      required: true,
      displayOptions: { show: { resource: ['picture'], operation: ['pin', 'unpin'] } },
    }),
  ],
  operations: {
    changeLayout: async (context, itemIndex) => {
      const look = readLook(context, itemIndex);
      const stepId = readText(context, 'stepId', itemIndex);
      const stepIds = stepId === '' ? await composingSteps(context, itemIndex) : [stepId];
      const changed: ItemResult[] = [];
      for (const id of stepIds) {
        changed.push({ json: stepItem(await changeLook(context, id, look)) });
      }
      return changed;
    },
    pin: async (context, itemIndex) => {
      const participantId = readId(context, 'participant', itemIndex);
      return await change(context, itemIndex, (pinned) => [
        participantId,
        ...pinned.filter((id) => id !== participantId),
      ]);
    },
    unpin: async (context, itemIndex) => {
      const participantId = readId(context, 'participant', itemIndex);
      return await change(context, itemIndex, (pinned) => pinned.filter((id) => id !== participantId));
    },
    unpinAll: async (context, itemIndex) => await change(context, itemIndex, () => []),
  },
};
