import type { StepType } from '../../contract/index.ts';

/** What each step type is for, in a sentence: editors show it, and the reference of step types. */
export const stepTexts: Readonly<Record<StepType, string>> = {
  tap: 'Holds tracks of one participant for other steps, streams and files: utterances as sound, pictures as JPEG, RTP',
  compose:
    'Holds one composed picture and mix of the room, for recordings, livestreams and HLS to share and to change',
  record: 'Records a participant, one of its tracks, or the room as one picture and mix',
  rtmp: 'Sends the room as one picture and mix to RTMP servers such as YouTube or Twitch',
  hls: 'Makes a low-latency HLS stream of the room for any number of viewers',
  transcribe: 'Writes down what is said, as captions and as a transcript',
  play: 'Speaks a text or plays a media file in the room',
  publish: 'What a client sends over a WebSocket; it is started by its connection',
};
