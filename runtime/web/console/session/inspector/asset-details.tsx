import type { VNode } from 'preact';
import type { PictureNode } from '../../../../contract/index.ts';
import { HlsDetails } from './hls-details.tsx';
import { LivestreamDetails } from './livestream-details.tsx';
import { RecordingDetails } from './recording-details.tsx';
import { TranscriptionDetails } from './transcription-details.tsx';

/** What a step has left behind, or leaves behind now. */
export function AssetDetails({ node }: { node: PictureNode }): VNode {
  const { assetType, assetId = '', state } = node;
  switch (assetType) {
    case 'recording':
      return <RecordingDetails recordingId={assetId} state={state} />;
    case 'hls':
      return <HlsDetails hlsId={assetId} state={state} />;
    case 'livestream':
      return <LivestreamDetails livestreamId={assetId} />;
    case 'transcription':
      return <TranscriptionDetails transcriptionId={assetId} state={state} />;
    default:
      return <p class="quiet">{node.detail}</p>;
  }
}
