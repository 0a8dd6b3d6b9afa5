export { awaitRecording } from './await-recording';
export { getRecording, recordingPaths, type RecordingType } from './get-recording';
