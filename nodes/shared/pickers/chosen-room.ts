import type { ILoadOptionsFunctions } from 'n8n-workflow';

const roomIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{2,63}$/;

/** The room chosen in the node that is being edited; undefined while that is an expression without data. */
export function chosenRoom(context: ILoadOptionsFunctions): string | undefined {
  const value = context.getCurrentNodeParameter('room', { extractValue: true });
  return typeof value === 'string' && roomIdPattern.test(value) ? value : undefined;
}
