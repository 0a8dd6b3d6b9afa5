export { createRecorder } from './recorder.ts';
export type { Recorder, RecorderMode, RecorderOptions, RecorderStats } from './recorder.ts';
export type { FileFormat, RecordedFile } from './recorded-file.ts';
export { recoverRecording } from './recover.ts';
export { probe } from './probe.ts';
export type { ProbedFile } from './probe.ts';
export { finalPathOf } from './file-format.ts';
export { joinRecording } from './join.ts';
export type { RecordingPart } from './join.ts';
