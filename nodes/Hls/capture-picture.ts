import type { IExecuteFunctions } from 'n8n-workflow';
import type { HlsCapture } from '../../runtime/contract/index.ts';
import type { ItemResult } from '../shared/items';
import { asJson } from '../shared/items';
import { callRuntime, downloadFromRuntime } from '../shared/transport';

type CaptureOptions = { time?: number; width?: number; height?: number; format?: 'jpg' | 'png' | 'webp' };

const mimeTypes: Record<string, string> = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' };

/** Takes a picture out of a stream: of now, or of a time in its past; as binary data unless that is declined. */
export async function capturePicture(
  context: IExecuteFunctions,
  itemIndex: number,
  roomId: string,
): Promise<ItemResult> {
  const options = context.getNodeParameter('captureOptions', itemIndex, {}) as CaptureOptions;
  const capture = await callRuntime<HlsCapture>(context, {
    method: 'POST',
    path: '/v2/hls/capture',
    body: { roomId, ...options },
  });
  const json = { ...asJson(capture) };
  if (context.getNodeParameter('download', itemIndex, true) !== true) {
    return { json };
  }
  const property = context.getNodeParameter('binaryProperty', itemIndex, 'data');
  const { pathname, search } = new URL(capture.fileUrl);
  const stream = await downloadFromRuntime(context, `${pathname}${search}`);
  const mimeType = mimeTypes[capture.meta.format] ?? 'image/jpeg';
  return {
    json,
    binary: { [property]: await context.helpers.prepareBinaryData(stream, capture.fileName, mimeType) },
  };
}
