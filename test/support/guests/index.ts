export { launchBrowser } from './browser.ts';
export { openGuest, type Guest, type GuestMedia, type GuestOptions } from './guest.ts';
export { installBeepAndFlash } from './beep-and-flash-page.ts';
export {
  BEEP_HZ,
  FLASH_PERIOD_MS,
  beepAndFlashSignal,
  guestColour,
  type BeepAndFlashSignal,
} from './beep-and-flash-signal.ts';
export { receiveFrom, type ReceivedTrack, type RtpReceiver } from './rtp-receiver.ts';
export { writeReferenceRecording } from './reference-recording.ts';
export { serveBlankPage } from './blank-page.ts';
export { clockPicture, installClockCamera, type ClockPicture } from './clock-camera-page.ts';
