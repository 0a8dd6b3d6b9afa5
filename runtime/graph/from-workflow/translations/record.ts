import type { Parameters } from '../parameters.ts';
import { pictureOf } from '../picture.ts';
import { kept, participantOfItem, put, subject, unsupported } from './common-params.ts';
import type { Translation } from './draft.ts';

/** What the field Track Tap takes when nothing else is written. */
const tapOfItem = '={{ $json.step === "tap" ? $json.stepId : "" }}';
const roomPicture = 'room';
const roomSound = 'room-audio';

function recordedRoom(parameters: Parameters, what: string): Record<string, unknown> {
  return { source: 'room', config: what === roomSound ? { mode: 'audio' } : pictureOf(parameters) };
}

/** Record: a participant, one of their tracks, or the room. */
export const record: Translation = {
  ofRoom(parameters) {
    const what = parameters.choice('what', 'video-and-audio');
    return what === roomPicture || what === roomSound;
  },
  draft(parameters) {
    const operation = parameters.choice('operation', 'startAndWait');
    const what = parameters.choice('what', 'video-and-audio');
    if ((operation !== 'start' && operation !== 'startAndWait') || what === null) {
      return unsupported(parameters, operation);
    }
    const rest = {
      ...put('fileFormat', parameters.value('options.fileFormat')),
      ...put('bucketDirPath', parameters.value('options.folder')),
      ...kept(parameters),
    };
    const common = { kind: 'start', do: 'record', waits: operation === 'startAndWait' } as const;
    if (record.ofRoom(parameters)) {
      const params = { ...recordedRoom(parameters, what), ...rest };
      return { ...common, with: params, from: null, participant: null };
    }
    const content = what.startsWith('track:') ? { kind: what.slice('track:'.length) } : { mode: what };
    const source = parameters.known('tap', tapOfItem);
    if (source.kind === 'step' && source.key === 'stepId') {
      return {
        ...common,
        with: { ...content, ...rest },
        from: source.nodeId,
        participant: parameters.known('participant', participantOfItem),
      };
    }
    const who = subject(parameters);
    return who === null
      ? null
      : {
          ...common,
          with: { participantId: who.value, ...content, ...rest },
          from: null,
          participant: who.known,
        };
  },
};
