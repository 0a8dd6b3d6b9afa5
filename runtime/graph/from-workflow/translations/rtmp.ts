import type { Parameters } from '../parameters.ts';
import { pictureOf } from '../picture.ts';
import { kept, put, recordToo, unsupported } from './common-params.ts';
import type { Translation } from './draft.ts';

/** Addresses as the platforms publish them; their keys are in a credential, which a document does not reach. */
const platforms: Readonly<Record<string, { name: string; url: string } | undefined>> = {
  youtube: { name: 'YouTube', url: 'rtmps://a.rtmps.youtube.com/live2' },
  twitch: { name: 'Twitch', url: 'rtmps://live.twitch.tv/app' },
  facebook: { name: 'Facebook', url: 'rtmps://live-api-s.facebook.com:443/rtmp' },
};

function outputsOf(parameters: Parameters): Record<string, unknown>[] {
  const outputs: Record<string, unknown>[] = [];
  const chosen = parameters.value('platforms')?.value;
  for (const value of Array.isArray(chosen) ? chosen.map(String) : []) {
    const platform = platforms[value];
    if (platform === undefined) {
      parameters.note(
        'the address and key of its own server are in an n8n credential; add it to with.outputs as {"url", "streamKey"}',
      );
    } else {
      parameters.note(
        `the stream key of ${platform.name} is in an n8n credential; put it into with.outputs[${outputs.length}].streamKey`,
      );
      outputs.push({ url: platform.url });
    }
  }
  for (const destination of parameters.entries('destinations.destination')) {
    const url = destination.value('url');
    if (url !== null) {
      outputs.push({ url: url.value, ...put('streamKey', destination.value('streamKey')) });
    }
  }
  return outputs;
}

/** RTMP Out. */
export const rtmp: Translation = {
  ofRoom: () => true,
  draft(parameters) {
    const operation = parameters.choice('operation', 'start');
    if (operation === 'stop') {
      return { kind: 'stop', do: 'rtmp' };
    }
    if (operation !== 'start' || parameters.choice('resource', 'livestream') !== 'livestream') {
      return unsupported(parameters, operation);
    }
    const outputs = outputsOf(parameters);
    if (outputs.length === 0) {
      parameters.note('no address is left to send to');
      return null;
    }
    return {
      kind: 'start',
      do: 'rtmp',
      with: {
        outputs,
        config: { ...pictureOf(parameters), ...recordToo(parameters) },
        ...kept(parameters),
      },
      from: null,
      participant: null,
      waits: false,
    };
  },
};
