import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import type { LivestreamOutput } from '../../runtime/contract/index.ts';

/** Keys as the credential holds them; empty where a platform is not used. */
type StreamKeys = {
  youtubeSecret?: string;
  twitchSecret?: string;
  facebookSecret?: string;
  customUrl?: string;
  customSecret?: string;
};

const streamKeysCredential = 'roomflowStreamKeysApi';

type Platform = { name: string; url: (keys: StreamKeys) => string; key: (keys: StreamKeys) => string };

/** Addresses as the platforms publish them for streaming software. */
const platforms: Record<string, Platform> = {
  youtube: {
    name: 'YouTube',
    url: () => 'rtmps://a.rtmps.youtube.com/live2',
    key: (keys) => keys.youtubeSecret ?? '',
  },
  twitch: {
    name: 'Twitch',
    url: () => 'rtmps://live.twitch.tv/app',
    key: (keys) => keys.twitchSecret ?? '',
  },
  facebook: {
    name: 'Facebook',
    url: () => 'rtmps://live-api-s.facebook.com:443/rtmp',
    key: (keys) => keys.facebookSecret ?? '',
  },
  custom: {
    name: 'Own Server',
    url: (keys) => keys.customUrl ?? '',
    key: (keys) => keys.customSecret ?? '',
  },
};

async function outputOf(
  context: IExecuteFunctions,
  itemIndex: number,
  platform: Platform,
): Promise<LivestreamOutput> {
  const keys = await context.getCredentials<StreamKeys>(streamKeysCredential, itemIndex);
  const url = platform.url(keys).trim();
  const streamKey = platform.key(keys).trim();
  if (url === '' || (streamKey === '' && platform.name !== 'Own Server')) {
    throw new NodeOperationError(context.getNode(), `There is no stream key for ${platform.name}`, {
      itemIndex,
      description: `Put it into the credential “Roomflow Stream Keys”, or take ${platform.name} out of the platforms.`,
    });
  }
  return streamKey === '' ? { url } : { url, streamKey };
}

/**
 * Where to send: the platforms whose keys the credential holds, then the addresses named in the node.
 *
 * @throws NodeOperationError when there is none, or a platform without a key
 */
export async function readOutputs(
  context: IExecuteFunctions,
  itemIndex: number,
): Promise<LivestreamOutput[]> {
  const chosen = context.getNodeParameter('platforms', itemIndex, []) as string[];
  const outputs: LivestreamOutput[] = [];
  for (const value of chosen) {
    const platform = platforms[value];
    if (platform !== undefined) {
      outputs.push(await outputOf(context, itemIndex, platform));
    }
  }
  const named = context.getNodeParameter('destinations.destination', itemIndex, []) as {
    url?: string;
    streamKey?: string;
  }[];
  for (const { url = '', streamKey = '' } of named) {
    outputs.push(
      streamKey.trim() === '' ? { url: url.trim() } : { url: url.trim(), streamKey: streamKey.trim() },
    );
  }
  if (outputs.length === 0) {
    throw new NodeOperationError(context.getNode(), 'There is nowhere to send the picture to', {
      itemIndex,
      description: 'Choose a platform, or add a destination with its server URL and stream key.',
    });
  }
  return outputs;
}
