import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Transcription } from '../../runtime/contract/index.ts';
import { filledText, readId, readJson, readOptionalId, readText, splitList } from '../shared/items';
import { callRuntime } from '../shared/transport';

type Options = {
  interimEvents?: boolean;
  language?: string;
  metadata?: unknown;
  participantIds?: string;
  webhookUrl?: string;
};

/** Who is listened to, and what becomes an event: of a live room only. */
function liveOptions({ interimEvents, participantIds }: Options): IDataObject {
  const chosen = splitList(participantIds ?? '');
  return {
    ...(chosen.length === 0 ? {} : { participantIds: chosen }),
    ...(interimEvents === undefined ? {} : { interimEvents }),
  };
}

function summaryOf(context: IExecuteFunctions, itemIndex: number): IDataObject {
  return context.getNodeParameter('summary', itemIndex, false) === true
    ? { summary: { enabled: true, ...filledText('prompt', readText(context, 'summaryPrompt', itemIndex)) } }
    : {};
}

/**
 * Starts transcribing for one item.
 *
 * @param callbackUrl called once when the transcript is complete
 */
export async function startTranscription(
  context: IExecuteFunctions,
  itemIndex: number,
  callbackUrl?: string,
): Promise<Transcription> {
  const options = context.getNodeParameter('options', itemIndex, {}) as Options;
  const engine = readOptionalId(context, 'engine', itemIndex);
  const metadata = readJson(context, options.metadata, 'Metadata', itemIndex);
  const isPost = context.getNodeParameter('resource', itemIndex) === 'post';
  return await callRuntime<Transcription>(context, {
    method: 'POST',
    path: isPost ? '/ai/v1/post-transcriptions' : '/ai/v1/realtime-transcriptions/start',
    body: {
      ...(isPost
        ? { recordingId: readId(context, 'recording', itemIndex) }
        : { roomId: readId(context, 'room', itemIndex), ...liveOptions(options) }),
      ...(engine === undefined ? {} : { engine }),
      ...filledText('language', options.language),
      ...summaryOf(context, itemIndex),
      ...filledText('webhookUrl', options.webhookUrl),
      ...(metadata === undefined ? {} : { metadata }),
      ...(callbackUrl === undefined ? {} : { callbackUrl }),
    },
  });
}
