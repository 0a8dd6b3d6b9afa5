import type { IExecuteFunctions } from 'n8n-workflow';
import type { GraphProblem, GraphValidation } from '../../runtime/contract/index.ts';
import { asJson, type ItemResult } from '../shared/items';
import { callRuntime } from '../shared/transport';
import { givenDocument, parseDocument } from './read-document';

const notJson = (received: unknown, fault: string): GraphProblem => ({
  code: 'not-a-document',
  pointer: '',
  message: `This is not JSON: ${fault}`,
  received,
  suggestion: null,
});

/** What is wrong with the document of an item, as data: a document that is not valid is an answer like any other. */
export async function validateDocument(context: IExecuteFunctions, itemIndex: number): Promise<ItemResult[]> {
  const given = givenDocument(context, itemIndex);
  const document = parseDocument(given);
  const { valid, problems } =
    'fault' in document
      ? { valid: false, problems: [notJson(given, document.fault)] }
      : await callRuntime<GraphValidation>(context, {
          method: 'POST',
          path: '/v2/graphs/validate',
          body: { document: document.value },
        });
  return [{ json: { valid, problemCount: problems.length, problems: problems.map(asJson) } }];
}
