export { awaitRecording } from './await-recording';
export { attemptRecording, getRecording, recordingPaths, type RecordingType } from './get-recording';
