import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import {
  RoomflowError,
  type ComposedRecording,
  type MergeRecording,
  type Recording,
  type RecordingFile,
} from '../contract/index.ts';
import type { WebhookDelivery } from '../events/index.ts';
import type { RecordedFile } from '../media/index.ts';
import { signFileQuery } from '../rooms/index.ts';
import {
  deleteRecording,
  findRecording,
  findRecordingFile,
  listRecordingFiles,
  saveRecordingFile,
  type Store,
  type StoredFile,
  type StoredRecording,
} from '../store/index.ts';

/** How long a download link made now works. */
const LINK_MS = 7 * 24 * 3600 * 1000;
const REGION = 'self-hosted';

/** What an event tells of a file. */
export type FileDetail = {
  filePath: string;
  fileUrl: string;
  size: number;
  durationSeconds: number;
  videoCodec?: string;
  audioCodec?: string;
};

/** What is kept of recordings of every kind, their files, and how both are shown. */
export type RecordingArchive = {
  /** @throws RoomflowError `recording-not-found`, also for one of another mode. */
  require(mode: StoredRecording['mode'] | null, recordingId: string): StoredRecording;
  /** In the order of their parts. */
  files(recordingId: string): StoredFile[];
  saveFile(recordingId: string, file: RecordedFile): void;
  detail(file: StoredFile): FileDetail;
  view(recording: StoredRecording): Recording;
  composedView(recording: StoredRecording): ComposedRecording;
  mergeView(recording: StoredRecording): MergeRecording;
  /** Removes a recording that has ended, and its files. @throws RoomflowError `already-recording` */
  delete(recordingId: string): Promise<void>;
  /** Where a file of a recording lies, for downloads. @throws RoomflowError `file-not-found` */
  file(fileId: string): { path: string; roomId: string };
};

const modeNames: Record<StoredRecording['mode'], string> = {
  participant: 'participant',
  track: 'track',
  meeting: 'room',
  composite: 'composite',
  merge: 'merge',
};

export function createRecordingArchive(options: {
  store: Store;
  webhooks: WebhookDelivery;
  secret: string;
  publicUrl(): string;
}): RecordingArchive {
  const { store, webhooks } = options;

  const linkTo = (fileId: string): string =>
    `${options.publicUrl()}/v2/files/${fileId}?${signFileQuery(fileId, Date.now() + LINK_MS, options.secret)}`;

  const files = (recordingId: string): StoredFile[] =>
    listRecordingFiles(store, [recordingId]).get(recordingId) ?? [];

  function fileView(file: StoredFile): RecordingFile {
    return {
      id: file.id,
      filePath: file.path,
      fileUrl: linkTo(file.id),
      size: file.sizeBytes,
      type: file.type,
      meta: {
        resolution:
          file.width !== null && file.height !== null ? { width: file.width, height: file.height } : null,
        format: file.format,
        duration: file.durationSeconds,
        videoCodec: file.videoCodec,
        audioCodec: file.audioCodec,
        startMs: file.startMs,
        endMs: file.endMs,
      },
      createdAt: file.createdAt,
      updatedAt: file.updatedAt,
    };
  }

  /** What all recordings are shown with, whatever they are of. */
  function commonView(recording: StoredRecording) {
    return {
      id: recording.id,
      recordingId: recording.id,
      roomId: recording.roomId,
      meetingId: recording.roomId,
      sessionId: recording.sessionId,
      fileFormat: recording.fileFormat,
      status: recording.status,
      start: recording.start,
      end: recording.end,
      error: recording.error,
      webhook: webhooks.summary(recording.id),
      metadata: recording.metadata,
      region: REGION,
    };
  }

  /** VideoSDK's keys of recordings that have one file. */
  function oneFileView(recording: StoredRecording) {
    const [file] = files(recording.id);
    return {
      userId: REGION,
      fileId: file?.id ?? null,
      file: file ? fileView(file) : null,
      createdAt: recording.start,
      updatedAt: recording.end ?? recording.start,
    };
  }

  function require(mode: StoredRecording['mode'] | null, recordingId: string): StoredRecording {
    const recording = findRecording(store, recordingId);
    if (!recording || (mode !== null && recording.mode !== mode)) {
      const kind = mode === null ? 'recording' : `${modeNames[mode]} recording`;
      throw new RoomflowError('recording-not-found', `There is no ${kind} "${recordingId}".`);
    }
    return recording;
  }

  function view(recording: StoredRecording): Recording {
    const { mode } = recording;
    if (mode === 'merge') {
      throw new RoomflowError('recording-not-found', `Recording "${recording.id}" is a merge of others.`);
    }
    return {
      ...commonView(recording),
      stepId: recording.stepId,
      participantId: recording.participantId,
      participantName: recording.participantName,
      mode,
      kind: recording.kind,
      files: files(recording.id).map(fileView),
    };
  }

  return {
    require,
    files,
    view,
    composedView: (recording) => ({
      ...view(recording),
      ...oneFileView(recording),
      config: recording.composed?.config ?? {},
      participants: recording.composed?.participants ?? null,
    }),
    mergeView: (recording) => ({
      ...commonView(recording),
      ...oneFileView(recording),
      channel1: recording.merged?.channel1 ?? [],
      channel2: recording.merged?.channel2 ?? [],
      type: recording.merged?.type ?? 'participant',
    }),
    saveFile(recordingId, file) {
      const at = new Date().toISOString();
      saveRecordingFile(store, {
        id: `fil_${randomBytes(9).toString('base64url')}`,
        recordingId,
        part: files(recordingId).length + 1,
        path: file.path,
        sizeBytes: file.bytes,
        type: file.videoCodec === undefined ? 'audio' : 'video',
        format: file.format,
        videoCodec: file.videoCodec ?? null,
        audioCodec: file.audioCodec ?? null,
        width: file.width ?? null,
        height: file.height ?? null,
        durationSeconds: file.durationSeconds,
        startMs: file.startMs,
        endMs: file.endMs,
        createdAt: at,
        updatedAt: at,
      });
    },
    detail: (file) => ({
      filePath: file.path,
      fileUrl: linkTo(file.id),
      size: file.sizeBytes,
      durationSeconds: file.durationSeconds,
      ...(file.videoCodec === null ? {} : { videoCodec: file.videoCodec }),
      ...(file.audioCodec === null ? {} : { audioCodec: file.audioCodec }),
    }),
    async delete(recordingId) {
      const recording = require(null, recordingId);
      if (recording.end === null) {
        throw new RoomflowError(
          'already-recording',
          `Recording "${recordingId}" is ${recording.status}; stop it before deleting it.`,
        );
      }
      await Promise.all(files(recordingId).map((file) => rm(file.path, { force: true })));
      deleteRecording(store, recordingId);
    },
    file(fileId) {
      const file = findRecordingFile(store, fileId);
      const recording = file && findRecording(store, file.recordingId);
      if (!recording) {
        throw new RoomflowError('file-not-found', `There is no file "${fileId}".`);
      }
      return { path: file.path, roomId: recording.roomId };
    },
  };
}
