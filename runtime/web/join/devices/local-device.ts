import { signal, type ReadonlySignal } from '@preact/signals';
import { captureTrack, type CaptureWish, type InputKind } from './capture.ts';
import { deviceProblem, type DeviceProblem } from './device-problem.ts';

export type DeviceState =
  | { status: 'off' }
  | { status: 'starting' }
  | { status: 'on'; track: MediaStreamTrack }
  | { status: 'failed'; problem: DeviceProblem };

/** One's own microphone or camera: on, off, or why not. Off means released, so that its light goes out. */
export class LocalDevice {
  readonly #kind: InputKind;
  readonly #wish: () => CaptureWish;
  readonly #state = signal<DeviceState>({ status: 'off' });
  #attempt = 0;

  constructor(kind: InputKind, wish: () => CaptureWish) {
    this.#kind = kind;
    this.#wish = wish;
  }

  get state(): ReadonlySignal<DeviceState> {
    return this.#state;
  }

  get isOn(): boolean {
    return this.#state.value.status === 'on';
  }

  /** Opens the device; the outcome is in {@link state}. Opens it anew when it is on. */
  async turnOn(): Promise<void> {
    const attempt = ++this.#attempt;
    // A held device may block its successor (many cameras open once), so it is let go of first.
    this.#release();
    this.#state.value = { status: 'starting' };
    // Undefined where the page is not served over HTTPS or from this machine.
    if (!('mediaDevices' in navigator)) {
      this.#state.value = { status: 'failed', problem: 'insecure' };
      return;
    }
    try {
      const track = await captureTrack(this.#kind, this.#wish());
      if (attempt === this.#attempt) {
        this.use(track);
      } else {
        track.stop();
      }
    } catch (error) {
      if (attempt === this.#attempt) {
        this.#state.value = { status: 'failed', problem: deviceProblem(error) };
      }
    }
  }

  /** Takes over a track that was opened elsewhere. */
  use(track: MediaStreamTrack): void {
    this.#attempt += 1;
    this.#release();
    track.addEventListener('ended', () => {
      const now = this.#state.value;
      if (now.status === 'on' && now.track === track) {
        this.#state.value = { status: 'failed', problem: 'missing' };
      }
    });
    this.#state.value = { status: 'on', track };
  }

  /** Shows `problem` without asking the browser again. */
  fail(problem: DeviceProblem): void {
    this.turnOff();
    this.#state.value = { status: 'failed', problem };
  }

  turnOff(): void {
    this.#attempt += 1;
    this.#release();
    this.#state.value = { status: 'off' };
  }

  #release(): void {
    const now = this.#state.value;
    if (now.status === 'on') {
      now.track.stop();
    }
  }
}
