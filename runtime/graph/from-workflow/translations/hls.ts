import { pictureOf } from '../picture.ts';
import { kept, put, recordToo, unsupported } from './common-params.ts';
import type { Translation } from './draft.ts';

/** HLS. */
export const hls: Translation = {
  ofRoom: () => true,
  draft(parameters) {
    const operation = parameters.choice('operation', 'start');
    if (operation === 'stop') {
      return { kind: 'stop', do: 'hls' };
    }
    if (operation !== 'start') {
      return unsupported(parameters, operation);
    }
    return {
      kind: 'start',
      do: 'hls',
      with: {
        config: { ...pictureOf(parameters), ...recordToo(parameters) },
        ...put('rungs', parameters.value('options.rungs')),
        ...put('protected', parameters.value('options.protected')),
        ...put('dvrSeconds', parameters.value('options.dvrSeconds')),
        ...put('dirPath', parameters.value('options.dirPath')),
        ...kept(parameters),
      },
      from: null,
      participant: null,
      waits: false,
    };
  },
};
