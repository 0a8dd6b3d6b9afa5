/** A camera whose picture is the time: 24 bits of the machine's clock in milliseconds and their check, black and white. */
export type ClockPicture = { width: number; height: number; columns: number; rows: number };

/** Cells of 80 × 90 pixels: they stay readable at any quality and size. */
export const clockPicture: ClockPicture = { width: 640, height: 360, columns: 8, rows: 4 };

/** Chromium's own track that takes frames from a script; not in TypeScript's DOM library. */
type GeneratedTrack<Kind extends 'audio' | 'video'> = MediaStreamTrack & {
  writable: WritableStream<Kind extends 'audio' ? AudioData : VideoFrame>;
};

/** What the worker is sent. */
type WorkerOrder = {
  picture: ClockPicture;
  audio: WritableStream<AudioData>;
  video: WritableStream<VideoFrame>;
};

/**
 * Runs in a guest's page, before its own scripts: the camera shows the time at which each picture is made, the
 * microphone is a quiet tone.
 *
 * Self-contained: it is sent to the browser as text.
 */
export function installClockCamera(picture: ClockPicture): void {
  if (!isSecureContext || window !== window.top) {
    return;
  }
  const Generator = Reflect.get(globalThis, 'MediaStreamTrackGenerator') as new <
    Kind extends 'audio' | 'video',
  >(options: {
    kind: Kind;
  }) => GeneratedTrack<Kind>;
  const audio = new Generator({ kind: 'audio' });
  const video = new Generator({ kind: 'video' });
  const text = `(${generate.toString()})()`;
  const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
  const order: WorkerOrder = { picture, audio: audio.writable, video: video.writable };
  worker.postMessage(order, [audio.writable, video.writable]);

  const devices = [
    { deviceId: 'tone', kind: 'audioinput', label: 'Tone microphone', groupId: 'test' },
    { deviceId: 'clock', kind: 'videoinput', label: 'Clock camera', groupId: 'test' },
  ].map((device) => ({ ...device, toJSON: () => device }) as MediaDeviceInfo);
  navigator.mediaDevices.enumerateDevices = async () => devices;
  navigator.mediaDevices.getUserMedia = async (constraints = {}) =>
    new MediaStream([
      ...(constraints.audio ? [asDevice(audio.clone(), 'tone')] : []),
      ...(constraints.video ? [asDevice(video.clone(), 'clock')] : []),
    ]);

  /** Pages ask a camera's track which device it is and for another resolution; a generated one knows neither. */
  function asDevice(track: MediaStreamTrack, deviceId: string): MediaStreamTrack {
    const settings = track.getSettings.bind(track);
    track.getSettings = () => ({
      ...settings(),
      deviceId,
      ...(track.kind === 'video' ? { width: picture.width, height: picture.height, frameRate: 30 } : {}),
    });
    track.applyConstraints = async () => {};
    const clone = track.clone.bind(track);
    track.clone = () => asDevice(clone(), deviceId);
    return track;
  }

  function generate(): void {
    self.onmessage = (event: MessageEvent<WorkerOrder>) => {
      const { width, height, columns, rows } = event.data.picture;
      const canvas = new OffscreenCanvas(width, height);
      const drawing = canvas.getContext('2d', { alpha: false, desynchronized: true });
      if (drawing === null) {
        throw new Error('no 2D drawing in a worker');
      }
      const pictures = event.data.video.getWriter();
      const sounds = event.data.audio.getWriter();
      const now = (): number => performance.timeOrigin + performance.now();
      const stop = (): void => clearInterval(timer);
      const frameMs = 1000 / 30;
      let nextFrame = Math.ceil(now() / frameMs);
      let nextBlock = Math.floor(now() / 10);

      const sendPicture = (): void => {
        const atMs = Math.round(now());
        const value = atMs % 2 ** 24;
        const check = (value ^ (value >> 8) ^ (value >> 16) ^ 0x5a) & 0xff;
        for (let bit = 0; bit < columns * rows; bit++) {
          const isSet = bit < 24 ? (value >> bit) & 1 : (check >> (bit - 24)) & 1;
          drawing.fillStyle = isSet === 1 ? 'white' : 'black';
          const column = bit % columns;
          const row = Math.floor(bit / columns);
          drawing.fillRect((column * width) / columns, (row * height) / rows, width / columns, height / rows);
        }
        const timestamp = Math.round((atMs - performance.timeOrigin) * 1000);
        pictures.write(new VideoFrame(canvas, { timestamp })).catch(stop);
      };
      const sendSound = (block: number): void => {
        const samples = Float32Array.from({ length: 480 }, (_, index) => {
          const seconds = (block * 480 + index) / 48_000;
          return 0.05 * Math.sin(2 * Math.PI * 440 * (seconds % 1));
        });
        const timestamp = Math.round((block * 10 - performance.timeOrigin) * 1000);
        const data = new AudioData({
          ...{ format: 'f32-planar', sampleRate: 48_000, numberOfChannels: 1 },
          ...{ numberOfFrames: 480, timestamp, data: samples },
        });
        sounds.write(data).catch(stop);
      };
      const timer = setInterval(() => {
        for (; (nextBlock + 1) * 10 <= now(); nextBlock++) {
          sendSound(nextBlock);
        }
        const due = Math.floor(now() / frameMs);
        if (due >= nextFrame) {
          sendPicture();
          nextFrame = due + 1;
        }
      }, 4);
    };
  }
}
