import { put, unsupported } from './common-params.ts';
import type { Translation } from './draft.ts';

/** Play. */
export const play: Translation = {
  ofRoom: () => false,
  draft(parameters) {
    const operation = parameters.choice('operation', 'speak');
    if (operation !== 'speak' && operation !== 'playUrl') {
      return unsupported(parameters, operation);
    }
    const source = operation === 'speak' ? 'text' : 'url';
    const played = parameters.value(source);
    if (played === null) {
      parameters.note(`it has no ${source} that a graph can say`);
      return null;
    }
    for (const option of ['name', 'interrupt', 'stay'] as const) {
      if (parameters.value(`options.${option}`) !== null) {
        parameters.note(`its option ${option} was left out: a step play has none`);
      }
    }
    return {
      kind: 'start',
      do: 'play',
      with: {
        [source]: played.value,
        ...(operation === 'speak' ? put('voice', parameters.picked('voice')) : {}),
        ...put('participantId', parameters.value('options.participantId')),
        ...put('bargeIn', parameters.value('options.bargeIn')),
      },
      from: null,
      participant: null,
      waits: parameters.isOn('wait', true),
    };
  },
};
