import type { INodeProperties } from 'n8n-workflow';

/** What is transcribed, what to do, and what to know before it is chosen. */
export const operationFields: INodeProperties[] = [
  {
    displayName: 'Resource',
    name: 'resource',
    type: 'options',
    noDataExpression: true,
    options: [
      { name: 'Live Room', value: 'realtime', description: 'What is said, as it is said' },
      { name: 'Recording', value: 'post', description: 'A recording that has ended' },
    ],
    default: 'realtime',
  },
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    displayOptions: { show: { resource: ['realtime'] } },
    options: [
      {
        name: 'Get',
        value: 'get',
        description: 'Get a transcript: complete, or as far as it has come',
        action: 'Get transcript of live room',
      },
      {
        name: 'Start',
        value: 'start',
        description: 'Start transcribing and go on at once; Transcript Trigger receives what is said',
        action: 'Start transcribing live room',
      },
      {
        name: 'Stop',
        value: 'stop',
        description: 'End transcribing and give the whole transcript',
        action: 'Stop transcribing live room',
      },
      {
        name: 'Transcribe and Wait',
        value: 'startAndWait',
        description: 'Start transcribing and go on with the whole transcript when the session has ended',
        action: 'Transcribe live room and wait',
      },
    ],
    default: 'start',
  },
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    displayOptions: { show: { resource: ['post'] } },
    options: [
      {
        name: 'Get',
        value: 'get',
        description: 'Get a transcript: complete, or as far as it has come',
        action: 'Get transcript of recording',
      },
      {
        name: 'Start',
        value: 'start',
        description: 'Start transcribing and go on at once; Meeting Event Trigger tells when it is complete',
        action: 'Start transcribing recording',
      },
      {
        name: 'Transcribe and Wait',
        value: 'startAndWait',
        description: 'Transcribe a recording and go on with the transcript',
        action: 'Transcribe recording and wait',
      },
    ],
    default: 'startAndWait',
  },
  {
    displayName:
      'The workflow waits until the transcript is complete, with several items until all are. A live room is transcribed until its session ends, or until a Stop. Waiting takes no resources and outlives a restart of n8n.',
    name: 'waitNotice',
    type: 'notice',
    default: '',
    displayOptions: { show: { operation: ['startAndWait'], '@tool': [false] } },
  },
  {
    displayName: 'An agent cannot wait for a transcript. Choose Start here, and give the agent Get as well.',
    name: 'agentNotice',
    type: 'notice',
    default: '',
    displayOptions: { show: { operation: ['startAndWait'], '@tool': [true] } },
  },
];
