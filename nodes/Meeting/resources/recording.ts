import type { IExecuteFunctions } from 'n8n-workflow';
import type { Recording } from '../../../runtime/contract/index.ts';
import { pagingFields } from '../../shared/descriptions';
import { readId, readLimit, readText } from '../../shared/items';
import { recordingBinary, recordingItem } from '../../shared/output';
import { getRecording, recordingPaths, type RecordingType } from '../../shared/recordings';
import { callRuntime, listFromRuntime } from '../../shared/transport';
import type { Resource } from '../resource';

const isRecordingType = (type: string): type is RecordingType => type in recordingPaths;

function readType(context: IExecuteFunctions, itemIndex: number): RecordingType {
  const type = readText(context, 'recordingType', itemIndex);
  return isRecordingType(type) ? type : 'participant';
}

export const recording: Resource = {
  fields: [
    {
      displayName: 'Operation',
      name: 'operation',
      type: 'options',
      noDataExpression: true,
      displayOptions: { show: { resource: ['recording'] } },
      options: [
        {
          name: 'Delete',
          value: 'delete',
          description: 'Delete a recording and its files',
          action: 'Delete recording',
        },
        {
          name: 'Get',
          value: 'get',
          description: 'Get a recording with the link to its file',
          action: 'Get recording',
        },
        { name: 'Get Many', value: 'getAll', description: 'List recordings', action: 'Get many recordings' },
      ],
      default: 'get',
    },
    {
      displayName: 'Recorded',
      name: 'recordingType',
      type: 'options',
      options: [
        {
          name: 'Chosen Participants',
          value: 'composite',
          description: 'Some participants in one picture and one mix',
        },
        { name: 'Everybody', value: 'meeting', description: 'The whole room in one picture and one mix' },
        { name: 'Participant', value: 'participant', description: 'Audio and video in one file' },
        { name: 'Track', value: 'track', description: 'One track on its own' },
      ],
      default: 'participant',
      description: 'What was recorded: the kinds are kept apart',
      displayOptions: { show: { resource: ['recording'] } },
    },
    {
      displayName: 'Recording ID',
      name: 'recording',
      type: 'string',
      default: '={{ $json.recordingId }}',
      required: true,
      description: 'The recording to work on. Record hands it on as recordingId.',
      displayOptions: { show: { resource: ['recording'], operation: ['get', 'delete'] } },
    },
    {
      displayName: 'Download File',
      name: 'download',
      type: 'boolean',
      default: false,
      description: 'Whether to add the file itself as binary data',
      displayOptions: { show: { resource: ['recording'], operation: ['get'] } },
    },
    {
      displayName: 'Put Output File in Field',
      name: 'binaryProperty',
      type: 'string',
      default: 'data',
      required: true,
      hint: 'The name of the output binary field to put the file in',
      displayOptions: { show: { resource: ['recording'], operation: ['get'], download: [true] } },
    },
    ...pagingFields({ show: { resource: ['recording'], operation: ['getAll'] } }),
    {
      displayName: 'Filters',
      name: 'filters',
      type: 'collection',
      placeholder: 'Add filter',
      default: {},
      displayOptions: { show: { resource: ['recording'], operation: ['getAll'] } },
      options: [
        {
          displayName: 'Participant ID',
          name: 'participantId',
          type: 'string',
          default: '={{ $json.participantId }}',
          description: 'Only recordings of this participant',
        },
        {
          displayName: 'Room ID',
          name: 'roomId',
          type: 'string',
          default: '={{ $json.roomId }}',
          description: 'Only recordings made in this room',
        },
        {
          displayName: 'Session ID',
          name: 'sessionId',
          type: 'string',
          default: '={{ $json.sessionId }}',
          description: 'Only recordings made in this session',
        },
      ],
    },
  ],
  operations: {
    get: async (context, itemIndex) => {
      const found = await getRecording(context, {
        recordingId: readId(context, 'recording', itemIndex),
        type: readType(context, itemIndex),
      });
      if (context.getNodeParameter('download', itemIndex, false) !== true) {
        return [{ json: recordingItem(found) }];
      }
      const property = context.getNodeParameter('binaryProperty', itemIndex, 'data');
      return [{ json: recordingItem(found), binary: await recordingBinary(context, found, property) }];
    },
    delete: async (context, itemIndex) => {
      const type = readType(context, itemIndex);
      const id = encodeURIComponent(readId(context, 'recording', itemIndex));
      await callRuntime(context, { method: 'DELETE', path: `${recordingPaths[type]}/${id}` });
      return [{ json: { deleted: true } }];
    },
    getAll: async (context, itemIndex) => {
      const type = readType(context, itemIndex);
      const found = await listFromRuntime<Recording>(context, recordingPaths[type], {
        limit: readLimit(context, itemIndex),
        query: context.getNodeParameter('filters', itemIndex, {}),
        entriesOf: (data) => data,
      });
      return found.map((each) => ({ json: recordingItem(each) }));
    },
  },
};
