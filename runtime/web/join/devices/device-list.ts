import { signal, type ReadonlySignal } from '@preact/signals';

export type DeviceChoice = { deviceId: string; label: string };
export type DeviceChoices = Readonly<Record<MediaDeviceKind, readonly DeviceChoice[]>>;

const none: DeviceChoices = { audioinput: [], videoinput: [], audiooutput: [] };
const nameless: Readonly<Record<MediaDeviceKind, string>> = {
  audioinput: 'Microphone',
  videoinput: 'Camera',
  audiooutput: 'Speaker',
};

/** Sorts and names the devices; before permission browsers give neither labels nor ids, and so no choice. */
export function deviceChoices(
  devices: readonly Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>[],
): DeviceChoices {
  const ofKind = (kind: MediaDeviceKind): DeviceChoice[] =>
    devices
      .filter((device) => device.kind === kind && device.deviceId !== '')
      .map(({ deviceId, label }, index) => ({ deviceId, label: label || `${nameless[kind]} ${index + 1}` }));
  return {
    audioinput: ofKind('audioinput'),
    videoinput: ofKind('videoinput'),
    audiooutput: ofKind('audiooutput'),
  };
}

/** What is plugged in, kept up to date. `refresh` after a permission was given, which no event tells of. */
export class DeviceList {
  readonly #choices = signal<DeviceChoices>(none);

  constructor() {
    if ('mediaDevices' in navigator) {
      navigator.mediaDevices.addEventListener('devicechange', () => void this.refresh());
    }
  }

  get choices(): ReadonlySignal<DeviceChoices> {
    return this.#choices;
  }

  async refresh(): Promise<void> {
    if ('mediaDevices' in navigator) {
      this.#choices.value = deviceChoices(await navigator.mediaDevices.enumerateDevices());
    }
  }
}
