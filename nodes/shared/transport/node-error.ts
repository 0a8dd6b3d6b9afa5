import { NodeApiError, NodeOperationError, type INode, type JsonObject } from 'n8n-workflow';
import { RuntimeError } from './runtime-error';

/** The error as n8n shows it: what happened on top, what to do below, the item it belongs to. */
export function toNodeError(
  node: INode,
  error: unknown,
  itemIndex?: number,
): NodeApiError | NodeOperationError {
  if (error instanceof NodeApiError || error instanceof NodeOperationError) {
    return error;
  }
  const item = itemIndex === undefined ? {} : { itemIndex };
  if (error instanceof RuntimeError) {
    const response: JsonObject = { message: error.message, code: error.code };
    return new NodeApiError(node, response, {
      ...item,
      message: error.message,
      description: error.description,
      ...(error.status === undefined ? {} : { httpCode: String(error.status) }),
      level: 'warning',
    });
  }
  return new NodeOperationError(node, error instanceof Error ? error : String(error), item);
}
