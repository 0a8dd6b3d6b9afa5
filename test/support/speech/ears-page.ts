/** What sounded in a page: pieces in order, `atMs` being when each began, in milliseconds since 1970. 48 kHz, mono. */
export type SoundPieces = { atMs: number; samples: Int16Array }[];

declare global {
  // The page and what is installed in it speak through this.
  var roomflowEars: { said: SoundPieces; heard: SoundPieces } | undefined;
}

/**
 * Runs in the page, before its own scripts: keeps what its microphone takes and what it receives from others.
 * Self-contained: it is sent to the browser as text.
 */
export function installEars(): void {
  const ears: { said: SoundPieces; heard: SoundPieces } = { said: [], heard: [] };
  globalThis.roomflowEars = ears;

  const isAudio = (track: MediaStreamTrack): track is MediaStreamAudioTrack => track.kind === 'audio';
  // Chromium's, of the draft “MediaStreamTrack Insertable Media Processing using Streams”.
  const listen = async (track: MediaStreamAudioTrack, pieces: SoundPieces): Promise<void> => {
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    for (;;) {
      const { value: sound } = await reader.read();
      if (!sound) {
        return;
      }
      const plane = new Float32Array(sound.numberOfFrames);
      sound.copyTo(plane, { planeIndex: 0, format: 'f32-planar' });
      const samples = Int16Array.from(plane, (value) => Math.round(value * 32_767));
      pieces.push({ atMs: Date.now() - sound.duration / 1000, samples });
      sound.close();
    }
  };

  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    for (const track of stream.getAudioTracks().map((own) => own.clone())) {
      if (isAudio(track)) {
        void listen(track, ears.said);
      }
    }
    return stream;
  };
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.addEventListener('track', ({ track }) => {
        if (isAudio(track)) {
          void listen(track, ears.heard);
        }
      });
    }
  };
}
