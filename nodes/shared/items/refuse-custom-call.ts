import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

/** The entry n8n adds to the operations of every node whose credential can sign a call. */
const customApiCall = '__CUSTOM_API_CALL__';

/** @throws NodeOperationError for n8n's "Custom API Call", which is meant for the HTTP Request node */
export function refuseCustomCall(context: IExecuteFunctions, ...choices: string[]): void {
  if (choices.includes(customApiCall)) {
    throw new NodeOperationError(context.getNode(), 'This node makes no custom API calls', {
      description: 'Use the HTTP Request node with the Roomflow credential.',
    });
  }
}

/** @throws NodeOperationError for an operation this version of the node does not have */
export function unknownOperation(context: IExecuteFunctions, operation: string): NodeOperationError {
  return new NodeOperationError(context.getNode(), `The operation "${operation}" is not known`, {
    description: 'Pick an operation from the list.',
  });
}
