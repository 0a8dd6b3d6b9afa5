import type { BeepAndFlashSignal } from './beep-and-flash-signal.ts';

/** Chromium's own track that takes frames from a script; not in TypeScript's DOM library. */
type GeneratedVideoTrack = MediaStreamTrack & { writable: WritableStream<VideoFrame> };

/**
 * Runs in the page, before its own scripts: its camera and microphone become a beep and a flash at each whole
 * period of the machine's clock.
 *
 * A worker's timer drives both, for it is not slowed down with the page. It draws the frames itself and stamps
 * each with the instant it stands for, so neither the page's layout nor a late timer moves a flash. The beeps
 * are put on the sound card's clock ahead of time.
 *
 * Self-contained: it is sent to the browser as text.
 */
export function installBeepAndFlash(signal: BeepAndFlashSignal): void {
  /** Beeps are scheduled this long ahead, so that a page that is held up for a moment misses none. */
  const AHEAD_MS = 1500;
  /** A sound clock that has just started stumbles; so many readings, one every 4 ms, are let go by. */
  const WARM_UP_READINGS = 250;

  // Only pages of a secure origin have devices, and only the page itself needs them, not its frames.
  if (!isSecureContext || window !== window.top) {
    return;
  }

  type Source = { audio: MediaStreamTrack; video: MediaStreamTrack };
  // From the start, as a camera that is already warm: a guest that joins at once beeps at once.
  const source = start();

  const devices = [
    { deviceId: 'beep', kind: 'audioinput', label: 'Beep microphone', groupId: 'test' },
    { deviceId: 'flash', kind: 'videoinput', label: 'Flash camera', groupId: 'test' },
    { deviceId: 'default', kind: 'audiooutput', label: 'Test speaker', groupId: 'test' },
  ].map((device) => ({ ...device, toJSON: () => device }) as MediaDeviceInfo);

  navigator.mediaDevices.enumerateDevices = async () => devices;
  navigator.mediaDevices.getUserMedia = async (constraints = {}) => {
    const { audio, video } = await source;
    const stream = new MediaStream();
    // Clones, so that a page that stops its tracks and asks again gets live ones.
    if (constraints.audio) {
      stream.addTrack(asDevice(audio.clone(), 'beep'));
    }
    if (constraints.video) {
      stream.addTrack(asDevice(video.clone(), 'flash'));
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

  async function start(): Promise<Source> {
    const context = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' });
    await context.resume();
    const destination = context.createMediaStreamDestination();
    const beep = beepBuffer(context);
    const worker = new Worker(
      URL.createObjectURL(new Blob([`(${workerMain.toString()})()`], { type: 'text/javascript' })),
    );

    const Generator = Reflect.get(globalThis, 'MediaStreamTrackGenerator') as new (options: {
      kind: 'video';
    }) => GeneratedVideoTrack;
    const video = new Generator({ kind: 'video' });

    /**
     * The sound clock's lead over the page's. The sound clock moves in steps; just after a step it is furthest
     * ahead, and that instant is when those samples left. So the greatest of many readings is the right one.
     */
    let readings: number[] = [];
    let lastPeriod = 0;
    const { promise: warm, resolve: warmedUp } = Promise.withResolvers<undefined>();
    worker.onmessage = () => {
      const nowMs = performance.timeOrigin + performance.now();
      readings.push(context.currentTime * 1000 - nowMs);
      if (readings.length < WARM_UP_READINGS) {
        return;
      }
      warmedUp(undefined);
      readings = readings.slice(-WARM_UP_READINGS);
      const leadMs = Math.max(...readings) - signal.soundLeadMs;
      const nextPeriod = Math.max(lastPeriod, Math.floor(nowMs / signal.periodMs)) + 1;
      if (nextPeriod * signal.periodMs - nowMs > AHEAD_MS) {
        return;
      }
      lastPeriod = nextPeriod;
      const player = new AudioBufferSourceNode(context, { buffer: beep });
      player.connect(destination);
      player.start((nextPeriod * signal.periodMs + leadMs) / 1000);
    };
    worker.postMessage({ signal, writable: video.writable }, [video.writable]);

    await warm;
    const [audio] = destination.stream.getAudioTracks();
    if (audio === undefined) {
      throw new Error('the audio context gave no track');
    }
    return { audio, video };
  }

  function beepBuffer(context: AudioContext): AudioBuffer {
    const length = Math.round((context.sampleRate * signal.eventMs) / 1000);
    const buffer = context.createBuffer(1, length, context.sampleRate);
    const samples = buffer.getChannelData(0);
    for (let index = 0; index < length; index++) {
      samples[index] = 0.5 * Math.sin((2 * Math.PI * signal.beepHz * index) / context.sampleRate);
    }
    return buffer;
  }

  function workerMain(): void {
    self.onmessage = (
      event: MessageEvent<{ signal: BeepAndFlashSignal; writable: WritableStream<VideoFrame> }>,
    ) => {
      const { signal: shape, writable } = event.data;
      const { width, height, framesPerSecond, periodMs, eventMs, colour } = shape;
      const canvas = new OffscreenCanvas(width, height);
      const drawing = canvas.getContext('2d', { alpha: false, desynchronized: true });
      if (drawing === null) {
        throw new Error('no 2D drawing in a worker');
      }
      const writer = writable.getWriter();
      const frameMs = 1000 / framesPerSecond;
      const now = (): number => performance.timeOrigin + performance.now();
      const background = `rgb(${colour.red} ${colour.green} ${colour.blue})`;
      drawing.font = `bold ${Math.round(height / 4)}px sans-serif`;
      let nextFrame = Math.ceil(now() / frameMs);

      const draw = (atMs: number): void => {
        // Frame instants are thirds of a millisecond: without the rounding 999.99 would miss its flash.
        const inPeriodMs = Math.round(atMs % periodMs) % periodMs;
        const isFlash = inPeriodMs < eventMs;
        drawing.fillStyle = isFlash ? 'white' : background;
        drawing.fillRect(0, 0, width, height);
        drawing.fillStyle = 'rgb(128 128 128)';
        drawing.fillText(String(shape.number), width / 12, height / 3);
        // Something that moves in every frame, so that a frozen picture is seen to be frozen.
        drawing.fillRect(
          (inPeriodMs / periodMs) * (width - height / 6),
          height * 0.8,
          height / 6,
          height / 6,
        );
      };

      const tick = (): void => {
        self.postMessage(undefined);
        const dueFrame = Math.floor(now() / frameMs);
        if (dueFrame >= nextFrame) {
          // A worker that was held up goes on with the present: a camera does not send old frames either.
          nextFrame = dueFrame + 1;
          const atMs = dueFrame * frameMs;
          draw(atMs);
          const timestamp = Math.round((atMs - performance.timeOrigin) * 1000);
          writer.write(new VideoFrame(canvas, { timestamp })).catch(() => clearInterval(timer));
        }
      };
      const timer = setInterval(tick, 4);
    };
  }
}
