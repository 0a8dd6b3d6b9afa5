const names: Readonly<Record<string, string>> = {
  tap: 'Track tap',
  compose: 'Composition',
  record: 'Recording',
  rtmp: 'RTMP out',
  hls: 'HLS stream',
  transcribe: 'Transcription',
  play: 'Play',
  publish: 'Publish stream',
};

/** What a step type is called; its own name where there is none. */
export const stepTypeText = (type: string): string => names[type] ?? type;

const kinds: Readonly<Record<string, string>> = {
  audio: 'Microphone',
  video: 'Camera',
  screen_audio: 'Screen sound',
  screen_video: 'Screen',
};

export const trackKindText = (kind: string): string => kinds[kind] ?? kind;
