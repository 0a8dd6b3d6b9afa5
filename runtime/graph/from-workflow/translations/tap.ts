import type { Parameters } from '../parameters.ts';
import { inMs, put, subject, unsupported } from './common-params.ts';
import type { Translation } from './draft.ts';

function tapMode(parameters: Parameters): Record<string, unknown> | null {
  switch (parameters.choice('mode', 'hold')) {
    case 'hold':
      return put('kinds', parameters.value('kinds') ?? { value: ['audio', 'video'] });
    case 'utterances':
      return {
        kinds: ['audio'],
        utterances: {
          ...inMs('minMs', parameters.value('utteranceOptions.minSeconds')),
          ...inMs('maxMs', parameters.value('utteranceOptions.maxSeconds')),
        },
      };
    case 'frames': {
      const kind = parameters.choice('pictureOf', 'screen_video') ?? 'screen_video';
      const every = parameters.value('everySeconds') ?? { value: 10 };
      return {
        kinds: [kind],
        frames: {
          kind,
          ...(every.value === 0 ? {} : inMs('everyMs', every)),
          onSceneChange: parameters.isOn('onSceneChange', false),
          ...put('maxWidth', parameters.value('frameOptions.maxWidth')),
        },
      };
    }
    case 'rtp': {
      const rtp = parameters.entries('destinations.destination').map((destination) => ({
        kind: destination.choice('kind', 'audio') ?? 'audio',
        ...put('host', destination.value('host')),
        ...put('port', destination.value('port') ?? { value: 5004 }),
        ...(destination.value('payloadType')?.value === 0
          ? {}
          : put('payloadType', destination.value('payloadType'))),
      }));
      return { kinds: [...new Set(rtp.map(({ kind }) => kind))], rtp };
    }
    default:
      return unsupported(parameters, parameters.choice('mode', 'hold'));
  }
}

/** Track Tap. */
export const tap: Translation = {
  ofRoom: () => false,
  draft(parameters) {
    const operation = parameters.choice('operation', 'start');
    if (operation !== 'start') {
      return unsupported(parameters, operation);
    }
    const who = subject(parameters);
    const mode = tapMode(parameters);
    return who === null || mode === null
      ? null
      : {
          kind: 'start',
          do: 'tap',
          with: { participantId: who.value, ...mode },
          from: null,
          participant: who.known,
          waits: false,
        };
  },
};
