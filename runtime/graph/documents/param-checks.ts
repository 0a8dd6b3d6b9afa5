import {
  LivestreamOutputs,
  RoomflowError,
  Watermarks,
  stepParams,
  type CompositionLook,
  type StepType,
} from '../../contract/index.ts';
import { parseDestination } from '../../media/index.ts';
import { HIDDEN_KEY } from '../../steps/index.ts';
import { checkLook } from '../composition-request.ts';
import { isRecord, type Draft, type DraftStep } from './draft.ts';
import { pointerTo, type Finding } from './problem.ts';
import { looksLikeReference, referenceOf, valueAt } from './reference.ts';
import { plain } from './told-schema.ts';

/** What the schemas cannot tell of params: values that do not go together, or not with what feeds the step. Pure. */
export function paramFindings(draft: Draft): Finding[] {
  return [...draft.values()].flatMap((node) => {
    if (node.kind !== 'step' || node.type === null) {
      return [];
    }
    const feeder = node.source === null ? undefined : draft.get(node.source.nodeId);
    const fedBy = feeder?.kind === 'step' ? feeder : null;
    return [
      ...besideFeeder(node, fedBy),
      ...lookFindings(node),
      ...(checksOf[node.type]?.(node, fedBy) ?? []),
    ];
  });
}

const mostOf = (list: object): number => Number(plain(list)['maxItems']);
/** Of lists that are too long, that is said (by their schema), and no more of what is in them. */
const MOST_OUTPUTS = mostOf(LivestreamOutputs);
const MOST_WATERMARKS = mostOf(Watermarks);

type Check = (step: DraftStep, fedBy: DraftStep | null) => Finding[];

const checksOf: Partial<Record<StepType, Check>> = {
  record: recordFindings,
  rtmp: (step, fedBy) => [...outputFindings(step), ...transcriptionFindings(step, fedBy)],
  hls: transcriptionFindings,
  play: playFindings,
};

/** What a step takes from the one that feeds it is not its own to say (`feed.ts`). */
function besideFeeder({ params, pointer, type }: DraftStep, fedBy: DraftStep | null): Finding[] {
  if (fedBy?.type === 'compose' && (type === 'record' || type === 'rtmp' || type === 'hls')) {
    return ['config', 'participants', ...(type === 'record' ? ['participantId', 'kind'] : [])]
      .filter((name) => params[name] !== undefined)
      .map((name) =>
        invalid(
          pointerTo(pointer, 'with', name),
          `cannot be given beside from: ${fedBy.id}, whose picture is taken; set it there`,
          null,
        ),
      );
  }
  if (fedBy?.type !== 'tap') {
    return [];
  }
  if (type === 'transcribe' && params['participantIds'] !== undefined) {
    return [
      invalid(
        pointerTo(pointer, 'with', 'participantIds'),
        `cannot be given beside from: ${fedBy.id}, whose participant is transcribed; leave it out`,
        null,
      ),
    ];
  }
  const { participantId } = params;
  const isOwn = participantId === undefined || participantId === fedBy.params['participantId'];
  return (type === 'record' || type === 'tap') && !isOwn
    ? [
        invalid(
          pointerTo(pointer, 'with', 'participantId'),
          `is not the participant of ${fedBy.id}, which feeds the step; leave it out`,
          null,
        ),
      ]
    : [];
}

const soundFormats: readonly unknown[] = ['ogg', 'm4a', 'mp3'];

function recordFindings({ params, pointer }: DraftStep, fedBy: DraftStep | null): Finding[] {
  const at = (name: string): string => pointerTo(pointer, 'with', name);
  const { source, participantId, kind, mode, fileFormat, transcription } = params;
  const found: Finding[] = [];
  if (source === 'room' && fedBy?.type === 'tap') {
    found.push(
      invalid(
        at('source'),
        `cannot be the room beside from: ${fedBy.id}, a tap of one participant`,
        'participant',
      ),
    );
  } else if (source === 'room' && participantId !== undefined && fedBy === null) {
    found.push(
      invalid(at('participantId'), 'cannot be given for the room; choose people with participants', null),
    );
  }
  const takesPicture = mode === 'video-and-audio' || kind === 'video' || kind === 'screen_video';
  if (takesPicture && soundFormats.includes(fileFormat)) {
    found.push(invalid(at('fileFormat'), 'holds sound alone, and a picture is to be recorded', null));
  }
  const isTranscribed = isRecord(transcription) && transcription['enabled'] === true;
  if (isTranscribed && (kind === 'video' || kind === 'screen_video')) {
    found.push(invalid(at('transcription'), 'cannot be made of a track without sound', null));
  }
  return found;
}

/** A broadcast is transcribed by way of the recording beside it. */
function transcriptionFindings({ params, pointer }: DraftStep, fedBy: DraftStep | null): Finding[] {
  const composition = fedBy?.type === 'compose' ? fedBy.params : params;
  const isAsked = valueAt(params, ['transcription', 'enabled']) === true;
  const isRecorded = valueAt(composition, ['config', 'recording', 'enabled']);
  return isAsked && isRecorded !== true && !looksLikeReference(isRecorded)
    ? [
        invalid(
          pointerTo(pointer, 'with', 'transcription'),
          'is of the recording beside the broadcast: set config.recording.enabled too, or use a transcribe step',
          null,
        ),
      ]
    : [];
}

/** Destinations that can never be sent to. What is said of one shows nothing secret. */
function outputFindings({ params, pointer }: DraftStep): Finding[] {
  const { outputs } = params;
  if (!Array.isArray(outputs) || outputs.length > MOST_OUTPUTS) {
    return [];
  }
  const names = new Set<unknown>();
  return outputs.flatMap((output: unknown, index) => {
    if (!isRecord(output)) {
      return [];
    }
    const at = pointerTo(pointer, 'with', 'outputs', index);
    const { url, streamKey, outputId } = output;
    const isTaken = names.has(outputId);
    if (typeof outputId === 'string' && !looksLikeReference(outputId)) {
      names.add(outputId);
    }
    return [
      ...(streamKey === HIDDEN_KEY
        ? [invalid(pointerTo(at, 'streamKey'), 'stands for a key that was hidden; give the key itself', null)]
        : []),
      ...(isTaken ? [invalid(pointerTo(at, 'outputId'), 'is the name of another output already', null)] : []),
      ...destinationFindings(url, streamKey, at),
    ];
  });
}

function destinationFindings(url: unknown, streamKey: unknown, at: string): Finding[] {
  const isText = typeof url === 'string' && !looksLikeReference(url) && /^rtmps?:\/\//.test(url);
  if (!isText || (streamKey !== undefined && typeof streamKey !== 'string')) {
    return [];
  }
  try {
    // Any key does for one that is told later.
    const key = referenceOf(streamKey) === null ? streamKey : 'key';
    parseDestination({ url, streamKey: key }, 'The output');
    return [];
  } catch (error) {
    if (!(error instanceof RoomflowError)) {
      throw error;
    }
    // Where the address is wrong, what is taken for its application may be the key.
    const why = error.message
      .replace(/^The output: /, '')
      .replaceAll(/(?<=url )rtmps?:\/\/\S+ /g, '')
      .replace(/\.$/, '');
    return [invalid(at, `cannot be sent to: ${why}`, null)];
  }
}

function playFindings({ params, pointer }: DraftStep): Finding[] {
  const given = ['text', 'url'].filter((name) => params[name] !== undefined);
  if (given.length === 1) {
    return [];
  }
  const at = pointerTo(pointer, 'with');
  return given.length === 0
    ? [
        {
          code: 'missing-param',
          pointer: at,
          message: 'needs text to be spoken, or url of a media file to be played',
          suggestion: null,
        },
      ]
    : [invalid(pointerTo(at, 'url'), 'cannot be given beside text: one thing is played', null)];
}

/** What a composed picture cannot be, by the same rule as wherever one is asked for. */
function lookFindings({ params, pointer, type }: DraftStep): Finding[] {
  const { config } = params;
  if (!isRecord(config) || type === null || !('config' in stepParams[type].properties)) {
    return [];
  }
  const { watermarks } = config;
  if (!Array.isArray(watermarks) || watermarks.length > MOST_WATERMARKS || !watermarks.every(isRecord)) {
    return [];
  }
  try {
    checkLook({ watermarks } as CompositionLook, '');
    return [];
  } catch (error) {
    if (!(error instanceof RoomflowError)) {
      throw error;
    }
    return (error.details ?? [])
      .filter((detail) => !looksLikeReference(valueAt(config, detail.pointer.split('/').slice(1))))
      .map((detail) => ({
        code: detail.message.startsWith('is needed')
          ? ('missing-param' as const)
          : ('invalid-param' as const),
        pointer: `${pointerTo(pointer, 'with', 'config')}${detail.pointer}`,
        message: detail.message,
        suggestion: null,
      }));
  }
}

const invalid = (pointer: string, message: string, suggestion: string | null): Finding => ({
  code: 'invalid-param',
  pointer,
  message,
  suggestion,
});
