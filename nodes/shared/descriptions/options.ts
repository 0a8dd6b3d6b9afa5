import type { INodeProperties } from 'n8n-workflow';

/** Data of the workflow's own, kept with the recording or stream that is started. */
export function metadataOption(of: string): INodeProperties {
  return {
    displayName: 'Metadata',
    name: 'metadata',
    type: 'json',
    default: '{}',
    description: `Data to keep with the ${of} and to get back with it`,
  };
}

/** A file beside a broadcast, from the same encoder. */
export const recordTooOption: INodeProperties = {
  displayName: 'Record Too',
  name: 'record',
  type: 'boolean',
  default: true,
  description: 'Whether to keep the same picture in a file. It costs no second encoding.',
};

/** Where to hear of the recording or stream that is started. */
export function webhookOption(of: string): INodeProperties {
  return {
    displayName: 'Webhook URL',
    name: 'webhookUrl',
    type: 'string',
    default: '',
    placeholder: 'e.g. https://example.com/hook',
    description: `Where to send the events of this ${of}, signed`,
  };
}
