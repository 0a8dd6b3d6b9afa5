import type { BeepAndFlashSignal } from './beep-and-flash-signal.ts';

/** Chromium's own track that takes frames from a script; not in TypeScript's DOM library. */
type GeneratedTrack<Kind extends 'audio' | 'video'> = MediaStreamTrack & {
  writable: WritableStream<Kind extends 'audio' ? AudioData : VideoFrame>;
};

/** What the worker is sent. */
type WorkerOrder = {
  signal: BeepAndFlashSignal;
  audio: WritableStream<AudioData>;
  video: WritableStream<VideoFrame>;
};

/**
 * Runs in the page, before its own scripts: its camera and microphone become a beep and a flash at each whole
 * period of the machine's clock.
 *
 * One worker makes both, for its timer is not slowed down with the page. Each frame and each sample stands for
 * an instant of the one clock, whenever the timer comes to make it: neither the page's layout nor a busy machine
 * moves a beep against its flash. (An AudioContext would have a clock of its own that stumbles under load.)
 *
 * Self-contained: it is sent to the browser as text.
 */
export function installBeepAndFlash(signal: BeepAndFlashSignal): void {
  // Only pages of a secure origin have devices, and only the page itself needs them, not its frames.
  if (!isSecureContext || window !== window.top) {
    return;
  }
  const source = start();

  const devices = [
    { deviceId: 'beep', kind: 'audioinput', label: 'Beep microphone', groupId: 'test' },
    { deviceId: 'flash', kind: 'videoinput', label: 'Flash camera', groupId: 'test' },
    { deviceId: 'default', kind: 'audiooutput', label: 'Test speaker', groupId: 'test' },
  ].map((device) => ({ ...device, toJSON: () => device }) as MediaDeviceInfo);

  navigator.mediaDevices.enumerateDevices = async () => devices;
  navigator.mediaDevices.getUserMedia = async (constraints = {}) => {
    const stream = new MediaStream();
    // Clones, so that a page that stops its tracks and asks again gets live ones.
    if (constraints.audio) {
      stream.addTrack(asDevice(source.audio.clone(), 'beep'));
    }
    if (constraints.video) {
      stream.addTrack(asDevice(source.video.clone(), 'flash'));
    }
    return stream;
  };

  /** Pages ask a camera's track which device it is and for another resolution; a generated one knows neither. */
  function asDevice(track: MediaStreamTrack, deviceId: string): MediaStreamTrack {
    const settings = track.getSettings.bind(track);
    track.getSettings = () => ({
      ...settings(),
      deviceId,
      ...(track.kind === 'video'
        ? { width: signal.width, height: signal.height, frameRate: signal.framesPerSecond }
        : {}),
    });
    track.applyConstraints = async () => {};
    const clone = track.clone.bind(track);
    track.clone = () => asDevice(clone(), deviceId);
    return track;
  }

  function start(): { audio: MediaStreamTrack; video: MediaStreamTrack } {
    const Generator = Reflect.get(globalThis, 'MediaStreamTrackGenerator') as new <
      Kind extends 'audio' | 'video',
    >(options: {
      kind: Kind;
    }) => GeneratedTrack<Kind>;
    const audio = new Generator({ kind: 'audio' });
    const video = new Generator({ kind: 'video' });
    const text = `(${generateSignal.toString()})()`;
    const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
    const order: WorkerOrder = { signal, audio: audio.writable, video: video.writable };
    worker.postMessage(order, [audio.writable, video.writable]);
    return { audio, video };
  }

  function generateSignal(): void {
    const SAMPLE_RATE = 48_000;
    const BLOCK_MS = 10;
    const BLOCK_SAMPLES = (SAMPLE_RATE * BLOCK_MS) / 1000;

    self.onmessage = (event: MessageEvent<WorkerOrder>) => {
      const { width, height, framesPerSecond, periodMs, eventMs, beepHz, soundLeadMs, colour, number } =
        event.data.signal;
      const now = (): number => performance.timeOrigin + performance.now();
      const stop = (): void => clearInterval(timer);

      const sound = event.data.audio.getWriter();
      let nextBlock = Math.floor(now() / BLOCK_MS);
      const sendBlock = (block: number): void => {
        const samples = new Float32Array(BLOCK_SAMPLES);
        for (let index = 0; index < BLOCK_SAMPLES; index++) {
          const atMs = block * BLOCK_MS + (index / SAMPLE_RATE) * 1000 + soundLeadMs;
          const intoBeepMs = atMs % periodMs;
          if (intoBeepMs < eventMs) {
            samples[index] = 0.5 * Math.sin((2 * Math.PI * beepHz * intoBeepMs) / 1000);
          }
        }
        const timestamp = Math.round((block * BLOCK_MS - performance.timeOrigin) * 1000);
        const data = new AudioData({
          ...{ format: 'f32-planar', sampleRate: SAMPLE_RATE, numberOfChannels: 1 },
          ...{ numberOfFrames: BLOCK_SAMPLES, timestamp, data: samples },
        });
        sound.write(data).catch(stop);
      };

      const canvas = new OffscreenCanvas(width, height);
      const drawing = canvas.getContext('2d', { alpha: false, desynchronized: true });
      if (drawing === null) {
        throw new Error('no 2D drawing in a worker');
      }
      drawing.font = `bold ${Math.round(height / 4)}px sans-serif`;
      const background = `rgb(${colour.red} ${colour.green} ${colour.blue})`;
      const picture = event.data.video.getWriter();
      const frameMs = 1000 / framesPerSecond;
      let nextFrame = Math.ceil(now() / frameMs);
      const sendFrame = (frame: number): void => {
        const atMs = frame * frameMs;
        // Frame instants are thirds of a millisecond: without the rounding 999.99 would miss its flash.
        const inPeriodMs = Math.round(atMs % periodMs) % periodMs;
        drawing.fillStyle = inPeriodMs < eventMs ? 'white' : background;
        drawing.fillRect(0, 0, width, height);
        drawing.fillStyle = 'rgb(128 128 128)';
        drawing.fillText(String(number), width / 12, height / 3);
        // Something that moves in every frame, so that a frozen picture is seen to be frozen.
        drawing.fillRect(
          (inPeriodMs / periodMs) * (width - height / 6),
          height * 0.8,
          height / 6,
          height / 6,
        );
        const timestamp = Math.round((atMs - performance.timeOrigin) * 1000);
        picture.write(new VideoFrame(canvas, { timestamp })).catch(stop);
      };

      const tick = (): void => {
        const nowMs = now();
        // Every block, however late: sound's place in time is the number of samples before it.
        for (; (nextBlock + 1) * BLOCK_MS <= nowMs; nextBlock++) {
          sendBlock(nextBlock);
        }
        const dueFrame = Math.floor(nowMs / frameMs);
        if (dueFrame >= nextFrame) {
          // Late frames are left out, as a camera does, but for the one in which a flash sets in: without it the
          // flash would be late.
          const onsetMs = Math.floor((dueFrame * frameMs + 1) / periodMs) * periodMs;
          const onsetFrame = Math.round(onsetMs / frameMs);
          if (onsetFrame >= nextFrame && onsetFrame < dueFrame) {
            sendFrame(onsetFrame);
          }
          sendFrame(dueFrame);
          nextFrame = dueFrame + 1;
        }
      };
      const timer = setInterval(tick, 4);
    };
  }
}
