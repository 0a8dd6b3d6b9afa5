import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';

/** A text field, trimmed; empty when it is left out or its expression found nothing. */
export function readText(context: IExecuteFunctions, name: string, itemIndex: number): string {
  const value: unknown = context.getNodeParameter(name, itemIndex, '');
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/**
 * The id a resource locator points at. An expression that found nothing gives undefined.
 */
export function readOptionalId(
  context: IExecuteFunctions,
  name: string,
  itemIndex: number,
): string | undefined {
  const value = context.getNodeParameter(name, itemIndex, '', { extractValue: true });
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return text === '' || text === 'undefined' || text === 'null' ? undefined : text;
}

/** @throws NodeOperationError when the field is empty, saying which key of the item would have filled it */
export function readId(
  context: IExecuteFunctions,
  name: 'room' | 'participant' | 'step' | 'session' | 'recording' | 'transcription' | 'graph',
  itemIndex: number,
): string {
  const id = readOptionalId(context, name, itemIndex);
  if (id === undefined) {
    const field = name === 'step' ? 'stepId' : `${name}Id`;
    throw new NodeOperationError(context.getNode(), `No ${name} was given`, {
      itemIndex,
      description: `The field takes ${field} from the incoming item by default, and this item holds no ${field}. Pick one from the list, or connect a node that gives one.`,
    });
  }
  return id;
}

/** How many entries a Get Many is to give. */
export function readLimit(context: IExecuteFunctions, itemIndex: number): number {
  const returnAll = context.getNodeParameter('returnAll', itemIndex, false) === true;
  return returnAll ? Number.POSITIVE_INFINITY : context.getNodeParameter('limit', itemIndex, 50);
}

/** A text option as a key of a request body; no key when it is left empty. */
export function filledText(name: string, value: string | undefined): IDataObject {
  const text = value?.trim() ?? '';
  return text === '' ? {} : { [name]: text };
}

/** `a, b\nc` → `['a', 'b', 'c']` */
export function splitList(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/**
 * A JSON field: text as typed, or the value an expression gave.
 *
 * @throws NodeOperationError when the text is no JSON
 */
export function readJson(
  context: IExecuteFunctions,
  value: unknown,
  field: string,
  itemIndex: number,
): unknown {
  if (typeof value !== 'string') {
    return value;
  }
  if (value.trim() === '') {
    return undefined;
  }
  try {
    return JSON.parse(value) as unknown;
  } catch {
    throw new NodeOperationError(context.getNode(), `${field} is not valid JSON`, { itemIndex });
  }
}
