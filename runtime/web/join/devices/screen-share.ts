import { signal, type ReadonlySignal } from '@preact/signals';
import { deviceProblem, type DeviceProblem } from './device-problem.ts';

export type SharedScreen = { video: MediaStreamTrack; audio: MediaStreamTrack | null };

/** One's own shared screen. Ends by itself when the browser's own "stop sharing" is used. */
export class ScreenShare {
  readonly #shared = signal<SharedScreen | null>(null);

  get shared(): ReadonlySignal<SharedScreen | null> {
    return this.#shared;
  }

  get isSupported(): boolean {
    return 'mediaDevices' in navigator && 'getDisplayMedia' in navigator.mediaDevices;
  }

  /** @returns null when sharing, or being refused by the person's own choice; otherwise what went wrong. */
  async start(): Promise<DeviceProblem | null> {
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({
        video: { frameRate: { max: 15 } },
        audio: true,
      });
      const video = stream.getVideoTracks()[0];
      if (video === undefined) {
        return 'missing';
      }
      // Text must stay sharp; a lower frame rate is the lesser evil.
      video.contentHint = 'detail';
      video.addEventListener('ended', () => this.stop());
      this.#shared.value = { video, audio: stream.getAudioTracks()[0] ?? null };
      return null;
    } catch (error) {
      const problem = deviceProblem(error);
      return problem === 'denied' ? null : problem;
    }
  }

  stop(): void {
    this.#shared.value?.video.stop();
    this.#shared.value?.audio?.stop();
    this.#shared.value = null;
  }
}
