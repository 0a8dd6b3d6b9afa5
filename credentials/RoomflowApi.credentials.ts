import type {
  IAuthenticateGeneric,
  ICredentialTestRequest,
  ICredentialType,
  INodeProperties,
} from 'n8n-workflow';

export class RoomflowApi implements ICredentialType {
  name = 'roomflowApi';

  displayName = 'Roomflow API';

  icon = { light: 'file:roomflow.svg', dark: 'file:roomflow.dark.svg' } as const;

  documentationUrl = 'https://github.com/roomflow/n8n-nodes-roomflow/blob/main/docs/nodes.md#credential';

  properties: INodeProperties[] = [
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      default: 'http://127.0.0.1:7890',
      required: true,
      placeholder: 'http://127.0.0.1:7890',
      description:
        'Where the Roomflow runtime answers. From inside a container, 127.0.0.1 is the container itself: use the address of the machine that runs the runtime.',
    },
    {
      displayName: 'API Key',
      name: 'apiKey',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description:
        'The server key that the runtime wrote on its first start, or a token made with “roomflow token”',
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { headers: { Authorization: '={{$credentials.apiKey}}' } },
  };

  // An authenticated call, because /health answers whether or not the key is right.
  test: ICredentialTestRequest = {
    request: {
      baseURL: '={{$credentials.baseUrl.replace(/\\/+$/, "")}}',
      url: '/v2/rooms',
      qs: { perPage: 1 },
    },
  };
}
