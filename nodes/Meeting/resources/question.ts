import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import type { Page, Question } from '../../../runtime/contract/index.ts';
import { pagingFields, roomField } from '../../shared/descriptions';
import { readId, readLimit, readText } from '../../shared/items';
import { callRuntime, listFromRuntime } from '../../shared/transport';
import type { Resource } from '../resource';

function questionItem(question: Question): IDataObject {
  return {
    questionId: question.questionId,
    roomId: question.roomId,
    sessionId: question.sessionId,
    text: question.text,
    participantId: question.participantId,
    participantName: question.participantName,
    upvotes: question.upvotes,
    status: question.status,
    answer: question.answer,
    createdAt: question.createdAt,
    answeredAt: question.answeredAt,
  };
}

async function settle(
  context: IExecuteFunctions,
  itemIndex: number,
  body: IDataObject,
): Promise<{ json: IDataObject }[]> {
  const id = readText(context, 'questionId', itemIndex);
  if (id === '') {
    throw new NodeOperationError(context.getNode(), 'No question was given', {
      itemIndex,
      description: 'The field takes questionId from the incoming item by default. The trigger hands it on.',
    });
  }
  const answered = await callRuntime<Question>(context, {
    method: 'POST',
    path: `/v2/questions/${encodeURIComponent(id)}/answer`,
    body,
  });
  return [{ json: questionItem(answered) }];
}

/** Questions of the audience. */
export const question: Resource = {
  fields: [
    {
      displayName: 'Operation',
      name: 'operation',
      type: 'options',
      noDataExpression: true,
      displayOptions: { show: { resource: ['question'] } },
      options: [
        {
          name: 'Answer',
          value: 'answer',
          description: 'Answer a question in writing, or mark it as answered',
          action: 'Answer question',
        },
        {
          name: 'Dismiss',
          value: 'dismiss',
          description: 'Set a question aside',
          action: 'Dismiss question',
        },
        {
          name: 'Get Many',
          value: 'getAll',
          description: 'List the questions of a room, those with most support first',
          action: 'Get many questions',
        },
      ],
      default: 'getAll',
    },
    roomField({ displayOptions: { show: { resource: ['question'], operation: ['getAll'] } } }),
    {
      displayName: 'Question ID',
      name: 'questionId',
      type: 'string',
      default: '={{ $json.questionId }}',
      required: true,
      description: 'The question to work on. The event “Question Asked” hands it on as questionId.',
      displayOptions: { show: { resource: ['question'], operation: ['answer', 'dismiss'] } },
    },
    {
      displayName: 'Answer',
      name: 'answer',
      type: 'string',
      typeOptions: { rows: 3 },
      default: '',
      description: 'What to answer in writing. Empty: the question was answered aloud.',
      displayOptions: { show: { resource: ['question'], operation: ['answer'] } },
    },
    ...pagingFields({ show: { resource: ['question'], operation: ['getAll'] } }),
  ],
  operations: {
    answer: async (context, itemIndex) => {
      const answer = readText(context, 'answer', itemIndex);
      return await settle(context, itemIndex, {
        status: 'answered',
        ...(answer === '' ? {} : { answer }),
      });
    },
    dismiss: async (context, itemIndex) => await settle(context, itemIndex, { status: 'dismissed' }),
    getAll: async (context, itemIndex) => {
      const roomId = encodeURIComponent(readId(context, 'room', itemIndex));
      const found = await listFromRuntime<Question, Page<Question>['data']>(
        context,
        `/v2/rooms/${roomId}/questions`,
        { limit: readLimit(context, itemIndex), entriesOf: (data) => data },
      );
      return found.map((each) => ({ json: questionItem(each) }));
    },
  },
};
