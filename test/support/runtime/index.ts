export { joinWithBrowser } from './browser-guest.ts';
export {
  ApiError,
  createApiClient,
  type Answer,
  type ApiClient,
  type ParticipantsAnswer,
  type StartedRecording,
} from './api-client.ts';
export { openEventStream, type EventStream } from './event-stream.ts';
export { Observed } from './observed.ts';
export {
  joinRoom,
  openWire,
  type SignallingParticipant,
  type SignallingWire,
  type SocketClose,
} from './signalling-participant.ts';
export {
  clientsOf,
  startRuntime,
  testSettings,
  type InProcessRuntime,
  type RuntimeUnderTest,
} from './start-runtime.ts';
export { runRoomflow, runServe, startRuntimeProcess, type RuntimeProcess } from './runtime-process.ts';
export { comeBack, killRuntime, publishAgain, startAgain } from './after-a-crash.ts';
export {
  encodeAudioClip,
  encodeVideoClip,
  nalUnits,
  packetsOf,
  type ClipFrame,
  type EncodedClip,
} from './encoded-clip.ts';
export {
  digestOf,
  startMediaPublisher,
  type MediaPublisher,
  type MediaPublisherOptions,
  type SentFrame,
  type SentTrack,
} from './media-publisher.ts';
export { beepHzOf, encodeBeepAndFlash, type BeepAndFlashClips } from './beep-and-flash-clip.ts';
export { guestsInGrid } from './composed-grid.ts';
export { completedRecording } from './recording-file.ts';
export { recordBeepAndFlashGuests } from './lip-sync.ts';
export { PEERS, sentVideoFrames, watchPeerConnections } from './sent-frames.ts';
export { publishWithWhip, type WhipPublisher } from './whip.ts';
export { publishAs } from './publish.ts';
export { UpgradeRefused, openTapStream, type ReceivedTapMessage, type TapStream } from './tap-stream.ts';
export { readJpeg } from './jpeg-colour.ts';
export { encodeSpokenClip } from './spoken-clip.ts';
export { hearWithWhep, type Hearing } from './hearing.ts';
export { openPublishStream, type PublishStream } from './publish-stream.ts';
export { watchAs, type RtpArrival, type Watching } from './watch-as.ts';
export { edgeBetween, openPictureStream, pictured, type PictureStream } from './picture-stream.ts';
