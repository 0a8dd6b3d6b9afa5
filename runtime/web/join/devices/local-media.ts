import { signal } from '@preact/signals';
import { constraintsFor, type CaptureWish } from './capture.ts';
import { DeviceList } from './device-list.ts';
import { deviceProblem, type DeviceProblem } from './device-problem.ts';
import { LocalDevice } from './local-device.ts';
import { recall, remember } from '../../shared/index.ts';
import { ScreenShare } from './screen-share.ts';

/** Everything of one's own that can be seen or heard, and the devices chosen for it. */
export class LocalMedia {
  readonly microphoneId = signal<string | undefined>(recall().microphoneId);
  readonly cameraId = signal<string | undefined>(recall().cameraId);
  readonly speakerId = signal<string | undefined>(recall().speakerId);
  readonly originalSound = signal(false);
  readonly list = new DeviceList();
  readonly screen = new ScreenShare();
  readonly microphone = new LocalDevice('audio', () => this.#microphoneWish());
  readonly camera = new LocalDevice('video', () => this.#cameraWish());

  /**
   * Opens both devices with one question to the person. When that fails each is tried alone, so that a missing
   * camera does not cost the microphone, and each tells its own problem.
   */
  async turnOnBoth(): Promise<void> {
    if (!('mediaDevices' in navigator)) {
      this.microphone.fail('insecure');
      this.camera.fail('insecure');
      return;
    }
    const problem = await this.#openBoth();
    if (problem === 'denied') {
      // Asking again at once what was just refused would be a nuisance, so only what is allowed is opened.
      await Promise.all([
        this.#openIfAllowed(this.microphone, 'microphone'),
        this.#openIfAllowed(this.camera, 'camera'),
      ]);
    } else if (problem !== null) {
      await this.microphone.turnOn();
      await this.camera.turnOn();
    }
    await this.list.refresh();
  }

  async turnOnMicrophone(): Promise<void> {
    await this.microphone.turnOn();
    await this.list.refresh();
  }

  async turnOnCamera(): Promise<void> {
    await this.camera.turnOn();
    await this.list.refresh();
  }

  async chooseMicrophone(deviceId: string): Promise<void> {
    this.microphoneId.value = deviceId;
    remember({ microphoneId: deviceId });
    await this.#reopen(this.microphone);
  }

  async chooseCamera(deviceId: string): Promise<void> {
    this.cameraId.value = deviceId;
    remember({ cameraId: deviceId });
    await this.#reopen(this.camera);
  }

  chooseSpeaker(deviceId: string): void {
    this.speakerId.value = deviceId;
    remember({ speakerId: deviceId });
  }

  async setOriginalSound(original: boolean): Promise<void> {
    this.originalSound.value = original;
    await this.#reopen(this.microphone);
  }

  turnOffAll(): void {
    this.microphone.turnOff();
    this.camera.turnOff();
    this.screen.stop();
  }

  /** A device that is off stays off; the choice counts when it is next turned on. */
  async #reopen(device: LocalDevice): Promise<void> {
    if (device.state.value.status !== 'off') {
      await device.turnOn();
    }
  }

  async #openIfAllowed(device: LocalDevice, name: 'microphone' | 'camera'): Promise<void> {
    const allowed = await navigator.permissions
      // A browser that lacks these names rejects.
      .query({ name })
      .then(({ state }) => state === 'granted')
      .catch(() => false);
    if (allowed) {
      await device.turnOn();
    } else {
      device.fail('denied');
    }
  }

  async #openBoth(): Promise<DeviceProblem | null> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: constraintsFor('audio', this.#microphoneWish()),
        video: constraintsFor('video', this.#cameraWish()),
      });
      stream.getAudioTracks().forEach((track) => this.microphone.use(track));
      stream.getVideoTracks().forEach((track) => this.camera.use(track));
      return null;
    } catch (error) {
      return deviceProblem(error);
    }
  }

  #microphoneWish(): CaptureWish {
    const deviceId = this.microphoneId.value;
    return { ...(deviceId === undefined ? {} : { deviceId }), originalSound: this.originalSound.value };
  }

  #cameraWish(): CaptureWish {
    const deviceId = this.cameraId.value;
    return deviceId === undefined ? {} : { deviceId };
  }
}
