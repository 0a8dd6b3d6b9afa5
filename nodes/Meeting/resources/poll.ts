import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import type { Page, Poll } from '../../../runtime/contract/index.ts';
import { pagingFields, roomField } from '../../shared/descriptions';
import { readId, readLimit, readText, splitList } from '../../shared/items';
import { callRuntime, listFromRuntime } from '../../shared/transport';
import type { Resource } from '../resource';

/** A poll as an item: its tally flat beside the options, so that the winner is easily told. */
function pollItem(poll: Poll): IDataObject {
  const [leading] = [...poll.options].sort((a, b) => b.votes - a.votes);
  return {
    pollId: poll.pollId,
    roomId: poll.roomId,
    sessionId: poll.sessionId,
    question: poll.question,
    status: poll.status,
    totalVotes: poll.totalVotes,
    options: poll.options,
    leadingOption: poll.totalVotes === 0 ? null : (leading?.text ?? null),
    createdAt: poll.createdAt,
    closesAt: poll.closesAt,
    closedAt: poll.closedAt,
  };
}

function readPollId(context: IExecuteFunctions, itemIndex: number): string {
  const id = readText(context, 'poll', itemIndex);
  if (id === '') {
    throw new NodeOperationError(context.getNode(), 'No poll was given', {
      itemIndex,
      description: 'The field takes pollId from the incoming item by default. Poll → Create hands it on.',
    });
  }
  return encodeURIComponent(id);
}

export const poll: Resource = {
  fields: [
    {
      displayName: 'Operation',
      name: 'operation',
      type: 'options',
      noDataExpression: true,
      displayOptions: { show: { resource: ['poll'] } },
      options: [
        {
          name: 'Close',
          value: 'close',
          description: 'End the voting and get the result',
          action: 'Close poll',
        },
        { name: 'Create', value: 'create', description: 'Ask everybody in a room', action: 'Create poll' },
        { name: 'Get', value: 'get', description: 'Get a poll with its votes', action: 'Get poll' },
        {
          name: 'Get Many',
          value: 'getAll',
          description: 'List the polls of a room',
          action: 'Get many polls',
        },
      ],
      default: 'create',
    },
    roomField({ displayOptions: { show: { resource: ['poll'], operation: ['create', 'getAll'] } } }),
    {
      displayName: 'Poll ID',
      name: 'poll',
      type: 'string',
      default: '={{ $json.pollId }}',
      required: true,
      description: 'The poll to work on. Create hands it on as pollId.',
      displayOptions: { show: { resource: ['poll'], operation: ['close', 'get'] } },
    },
    {
      displayName: 'Question',
      name: 'question',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. How did you hear of us?',
      description: 'What to ask',
      displayOptions: { show: { resource: ['poll'], operation: ['create'] } },
    },
    {
      displayName: 'Answers',
      name: 'answers',
      type: 'string',
      typeOptions: { rows: 4 },
      default: '',
      required: true,
      placeholder: 'A friend\nA search\nSomewhere else',
      description: 'What can be chosen, one a line: 2 to 12 answers',
      displayOptions: { show: { resource: ['poll'], operation: ['create'] } },
    },
    {
      displayName: 'Options',
      name: 'pollOptions',
      type: 'collection',
      placeholder: 'Add option',
      default: {},
      displayOptions: { show: { resource: ['poll'], operation: ['create'] } },
      options: [
        {
          displayName: 'Closes After (Seconds)',
          name: 'durationSeconds',
          type: 'number',
          typeOptions: { minValue: 5, maxValue: 86400 },
          default: 60,
          description: 'How long people can vote. Left out: until the poll is closed.',
        },
        {
          displayName: 'Hide Results',
          name: 'hideResults',
          type: 'boolean',
          default: true,
          description: 'Whether viewers see the votes only when the poll is closed',
        },
      ],
    },
    ...pagingFields({ show: { resource: ['poll'], operation: ['getAll'] } }),
  ],
  operations: {
    create: async (context, itemIndex) => {
      const options = context.getNodeParameter('pollOptions', itemIndex, {}) as {
        durationSeconds?: number;
        hideResults?: boolean;
      };
      const created = await callRuntime<Poll>(context, {
        method: 'POST',
        path: `/v2/rooms/${encodeURIComponent(readId(context, 'room', itemIndex))}/polls`,
        body: {
          question: readText(context, 'question', itemIndex),
          options: answersOf(readText(context, 'answers', itemIndex)),
          ...options,
        },
      });
      return [{ json: pollItem(created) }];
    },
    close: async (context, itemIndex) => {
      const closed = await callRuntime<Poll>(context, {
        method: 'POST',
        path: `/v2/polls/${readPollId(context, itemIndex)}/close`,
      });
      return [{ json: pollItem(closed) }];
    },
    get: async (context, itemIndex) => {
      const found = await callRuntime<Poll>(context, { path: `/v2/polls/${readPollId(context, itemIndex)}` });
      return [{ json: pollItem(found) }];
    },
    getAll: async (context, itemIndex) => {
      const roomId = encodeURIComponent(readId(context, 'room', itemIndex));
      const found = await listFromRuntime<Poll, Page<Poll>['data']>(context, `/v2/rooms/${roomId}/polls`, {
        limit: readLimit(context, itemIndex),
        entriesOf: (data) => data,
      });
      return found.map((each) => ({ json: pollItem(each) }));
    },
  },
};

/** One answer a line; a single line may also part them by commas. */
function answersOf(text: string): string[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.length > 1 ? lines : splitList(text);
}
