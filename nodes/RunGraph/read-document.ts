import { NodeOperationError, type GenericValue, type IExecuteFunctions } from 'n8n-workflow';
import { readText } from '../shared/items';

/**
 * The document of an item as it was given: a text is not read yet, since what is wrong with it may be the answer.
 *
 * @throws NodeOperationError when the item has no such field
 */
export function givenDocument(context: IExecuteFunctions, itemIndex: number): GenericValue {
  if (context.getNodeParameter('documentFrom', itemIndex, 'parameters') !== 'field') {
    return context.getNodeParameter('document', itemIndex);
  }
  const field = readText(context, 'documentField', itemIndex);
  const value = context.getInputData()[itemIndex]?.json[field] as GenericValue;
  if (value === undefined || value === null) {
    throw new NodeOperationError(context.getNode(), `The item has no field “${field}”`, {
      itemIndex,
      description: 'Name the field that holds the graph document, or define the document in this node.',
    });
  }
  return value;
}

/** A document that is a text as the value that it stands for, or why it stands for none. */
export function parseDocument(given: GenericValue): { value: GenericValue } | { fault: string } {
  if (typeof given !== 'string') {
    return { value: given };
  }
  try {
    return { value: JSON.parse(given) as GenericValue };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}
