import type { IDataObject } from 'n8n-workflow';
import type { Recording, RecordingFile } from '../../../runtime/contract/index.ts';

function fileItem(file: RecordingFile): IDataObject {
  return {
    fileId: file.id,
    fileName: file.filePath.split('/').at(-1) ?? file.id,
    filePath: file.filePath,
    fileUrl: file.fileUrl,
    size: file.size,
    type: file.type,
    format: file.meta.format,
    durationSeconds: file.meta.duration,
    resolution: file.meta.resolution,
    videoCodec: file.meta.videoCodec,
    audioCodec: file.meta.audioCodec,
  };
}

/**
 * A recording as an item. The first file lies flat beside the rest, because a recording has one file unless
 * the runtime had to go on in a second; `files` holds all of them.
 */
export function recordingItem(recording: Recording): IDataObject {
  const files = recording.files.map(fileItem);
  return {
    recordingId: recording.recordingId,
    stepId: recording.stepId,
    status: recording.status,
    roomId: recording.roomId,
    sessionId: recording.sessionId,
    participantId: recording.participantId,
    participantName: recording.participantName,
    kind: recording.kind,
    startedAt: recording.start,
    endedAt: recording.end,
    ...files[0],
    ...(files.length === 0
      ? {}
      : { durationSeconds: recording.files.reduce((seconds, file) => seconds + file.meta.duration, 0) }),
    files,
    error: recording.error,
    ...(recording.metadata === null || recording.metadata === undefined
      ? {}
      : { metadata: recording.metadata }),
  };
}

/** True when nothing more will be written. */
export function hasEnded(recording: Recording): boolean {
  return recording.status === 'completed' || recording.status === 'failed';
}
