import type { IBinaryKeyData, IDataObject, IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';
import type { TranscriptFormat, TranscriptSegment, Transcription } from '../../runtime/contract/index.ts';
import type { ItemResult } from '../shared/items';
import { downloadFromRuntime, listFromRuntime } from '../shared/transport';

const mimeTypes: Record<TranscriptFormat, string> = {
  json: 'application/json',
  srt: 'application/x-subrip',
  vtt: 'text/vtt',
  tsv: 'text/tab-separated-values',
  txt: 'text/plain',
};

/** True when transcript and summary are settled: nothing more will be written. */
export function hasSettled({ status, summary }: Transcription): boolean {
  return (status === 'completed' || status === 'failed') && summary.status !== 'pending';
}

/** A transcription as an item, without what was said: what Start gives. */
export function transcriptionItem(transcription: Transcription): IDataObject {
  const { summary } = transcription;
  return {
    transcriptionId: transcription.id,
    type: transcription.type,
    status: transcription.status,
    roomId: transcription.roomId,
    sessionId: transcription.sessionId,
    ...(transcription.stepId === null ? {} : { stepId: transcription.stepId }),
    ...(transcription.recordingId === null ? {} : { recordingId: transcription.recordingId }),
    engine: transcription.engine,
    language: transcription.language,
    startedAt: transcription.start,
    endedAt: transcription.end,
    error: transcription.error,
    ...(summary.status === 'disabled'
      ? {}
      : { summary: summary.text, summaryStatus: summary.status, summaryError: summary.error }),
    ...(transcription.metadata === null || transcription.metadata === undefined
      ? {}
      : { metadata: transcription.metadata }),
  };
}

/** What was said as it is read: a line for each turn, with who speaks. */
export function textOf(segments: readonly TranscriptSegment[]): string {
  const turns: { speaker: string; parts: string[] }[] = [];
  for (const { participantName: speaker, text } of segments) {
    const last = turns.at(-1);
    if (last?.speaker === speaker) {
      last.parts.push(text);
    } else {
      turns.push({ speaker, parts: [text] });
    }
  }
  return turns
    .map(({ speaker, parts }) => `${speaker === '' ? '' : `${speaker}: `}${parts.join(' ')}`)
    .join('\n');
}

async function filesOf(
  context: IExecuteFunctions | IWebhookFunctions,
  { id, roomId, transcriptionFilePaths }: Transcription,
  formats: readonly TranscriptFormat[],
): Promise<IBinaryKeyData> {
  const binary: IBinaryKeyData = {};
  for (const format of formats) {
    if (transcriptionFilePaths[format] !== undefined) {
      const name = `transcript.${format}`;
      const path = `/v2/transcriptions/${encodeURIComponent(id)}/files/${name}`;
      const stream = await downloadFromRuntime(context, path);
      binary[format] = await context.helpers.prepareBinaryData(
        stream,
        `${roomId}-${name}`,
        mimeTypes[format],
      );
    }
  }
  return binary;
}

/**
 * A transcription with what was said, as far as it has come: `text`, `segments` where that is wanted, and files as
 * binary data, each in the field of its format.
 */
export async function transcriptResult(
  context: IExecuteFunctions | IWebhookFunctions,
  transcription: Transcription,
  wanted: { segments: boolean; formats: readonly TranscriptFormat[] },
): Promise<ItemResult> {
  const segments = await listFromRuntime<TranscriptSegment>(
    context,
    `/ai/v1/${transcription.type}-transcriptions/${encodeURIComponent(transcription.id)}/segments`,
    { limit: Infinity, entriesOf: (data) => data },
  );
  const json = {
    ...transcriptionItem(transcription),
    text: textOf(segments),
    segmentCount: segments.length,
    ...(wanted.segments ? { segments } : {}),
    speakersBy: transcription.speakersBy,
    gaps: transcription.gaps,
    files: transcription.transcriptionFilePaths,
  };
  const binary = await filesOf(context, transcription, wanted.formats);
  return Object.keys(binary).length === 0 ? { json } : { json, binary };
}
