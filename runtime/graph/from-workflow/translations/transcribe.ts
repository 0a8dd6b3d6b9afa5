import type { Parameters } from '../parameters.ts';
import { kept, put, unsupported } from './common-params.ts';
import type { StepDraft, Translation } from './draft.ts';

function summaryOf(parameters: Parameters): Record<string, unknown> {
  return parameters.isOn('summary', false)
    ? { summary: { enabled: true, ...put('prompt', parameters.value('summaryPrompt')) } }
    : {};
}

function peopleOf(parameters: Parameters): Record<string, unknown> {
  const participantIds = parameters.list('options.participantIds');
  return participantIds.length === 0 ? {} : { participantIds };
}

function transcribedRecording(parameters: Parameters): StepDraft | null {
  const recording = parameters.known('recording', '={{ $json.recordingId }}');
  if (recording.kind !== 'step') {
    parameters.note('a graph transcribes the recordings that it makes, and this is none of them');
    return null;
  }
  const options = {
    enabled: true,
    ...put('modelId', parameters.picked('engine')),
    ...put('language', parameters.value('options.language')),
    ...summaryOf(parameters),
  };
  return { kind: 'transcribe-recording', recordingNodeId: recording.nodeId, options };
}

/** Transcribe: a live room, or the recording of a step before. */
export const transcribe: Translation = {
  ofRoom: () => true,
  draft(parameters) {
    const isRecording = parameters.choice('resource', 'realtime') === 'post';
    const operation = parameters.choice('operation', isRecording ? 'startAndWait' : 'start');
    if (operation === 'stop') {
      return { kind: 'stop', do: 'transcribe' };
    }
    if (operation !== 'start' && operation !== 'startAndWait') {
      return unsupported(parameters, operation);
    }
    if (isRecording) {
      return transcribedRecording(parameters);
    }
    return {
      kind: 'start',
      do: 'transcribe',
      with: {
        ...put('engine', parameters.picked('engine')),
        ...put('language', parameters.value('options.language')),
        ...peopleOf(parameters),
        ...put('interimEvents', parameters.value('options.interimEvents')),
        ...summaryOf(parameters),
        ...kept(parameters),
      },
      from: null,
      participant: null,
      waits: operation === 'startAndWait',
    };
  },
};
