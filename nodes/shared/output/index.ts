export { participantItem } from './participant-item';
export { recordingBinary } from './recording-binary';
export { hasEnded, recordingItem } from './recording-item';
export { roomItem } from './room-item';
export { sessionItem } from './session-item';
export { stepItem } from './step-item';
