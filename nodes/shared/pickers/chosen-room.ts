import type { ILoadOptionsFunctions } from 'n8n-workflow';

const inLink = /\/(?:join|watch)\/([A-Za-z0-9][A-Za-z0-9_-]{2,63})/;
const wholeId = /^([A-Za-z0-9][A-Za-z0-9_-]{2,63})$/;

/**
 * The room chosen in the node that is being edited; undefined while that is an expression without data, or
 * when the operation has no Room field. The value is taken as it stands, because n8n's `extractValue` throws
 * for a field that is not shown.
 */
export function chosenRoom(context: ILoadOptionsFunctions): string | undefined {
  const parameter: unknown = context.getCurrentNodeParameter('room');
  const value =
    typeof parameter === 'object' && parameter !== null && 'value' in parameter ? parameter.value : parameter;
  return typeof value === 'string' ? (inLink.exec(value) ?? wholeId.exec(value))?.[1] : undefined;
}
