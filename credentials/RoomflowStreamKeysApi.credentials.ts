import type { ICredentialType, INodeProperties } from 'n8n-workflow';

/** Keys of streaming platforms: kept by n8n, handed to the runtime at each start, stored and shown by neither. */
export class RoomflowStreamKeysApi implements ICredentialType {
  name = 'roomflowStreamKeysApi';

  displayName = 'Roomflow Stream Keys API';

  icon = { light: 'file:roomflow.svg', dark: 'file:roomflow.dark.svg' } as const;

  documentationUrl = 'https://github.com/roomflow/n8n-nodes-roomflow/blob/main/docs/nodes.md#stream-keys';

  properties: INodeProperties[] = [
    {
      displayName: 'YouTube Stream Key',
      name: 'youtubeSecret',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description: 'YouTube Studio → Go live → Stream → Stream key',
    },
    {
      displayName: 'Twitch Stream Key',
      name: 'twitchSecret',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description: 'Twitch → Creator Dashboard → Settings → Stream → Primary stream key',
    },
    {
      displayName: 'Facebook Stream Key',
      name: 'facebookSecret',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description: 'Facebook → Live video → Streaming software → Stream key',
    },
    {
      displayName: 'Own Server URL',
      name: 'customUrl',
      type: 'string',
      default: '',
      placeholder: 'rtmps://live.example.com/app',
      description: 'An RTMP server of yours, or of another platform',
    },
    {
      displayName: 'Own Server Stream Key',
      name: 'customSecret',
      type: 'string',
      typeOptions: { password: true },
      default: '',
    },
  ];
}
