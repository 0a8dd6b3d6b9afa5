import type { IBinaryData, IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';
import type { Recording } from '../../../runtime/contract/index.ts';
import { downloadFromRuntime } from '../transport';

const mimeTypes: Record<string, { audio: string; video: string }> = {
  webm: { video: 'video/webm', audio: 'audio/webm' },
  mp4: { video: 'video/mp4', audio: 'audio/mp4' },
  mkv: { video: 'video/x-matroska', audio: 'audio/x-matroska' },
  m4a: { video: 'video/mp4', audio: 'audio/mp4' },
  mp3: { video: 'audio/mpeg', audio: 'audio/mpeg' },
  ogg: { video: 'video/ogg', audio: 'audio/ogg' },
};

/**
 * The recording's files as binary data: `property`, then `property_1` and so on. Streamed to n8n's store,
 * never held in memory whole.
 */
export async function recordingBinary(
  context: IExecuteFunctions | IWebhookFunctions,
  recording: Recording,
  property: string,
): Promise<Record<string, IBinaryData>> {
  const binary: Record<string, IBinaryData> = {};
  for (const [index, file] of recording.files.entries()) {
    const fileName = file.filePath.split('/').at(-1) ?? file.id;
    const extension = fileName.split('.').at(-1) ?? '';
    const stream = await downloadFromRuntime(context, `/v2/files/${encodeURIComponent(file.id)}`);
    binary[index === 0 ? property : `${property}_${index}`] = await context.helpers.prepareBinaryData(
      stream,
      fileName,
      mimeTypes[extension]?.[file.type] ?? 'application/octet-stream',
    );
  }
  return binary;
}
