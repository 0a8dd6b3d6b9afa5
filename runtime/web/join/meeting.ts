import { batch, computed, effect, signal, type ReadonlySignal } from '@preact/signals';
import type { ParticipantView } from '../../contract/index.ts';
import {
  MeetingClient,
  MeetingError,
  readTokenClaims,
  signallingUrl,
  type MeetingNotice,
  type MeetingSnapshot,
  type RoomState,
} from '../client/index.ts';
import { LocalMedia, recall, remember, type DeviceState } from './devices/index.ts';
import { tilesOf, type Tile } from './room/tiles.ts';
import { deviceText } from './texts/index.ts';
import { Toasts } from './toasts.ts';

export type Panel = 'chat' | 'people' | 'settings';

export const CHAT_TOPIC = 'CHAT';

const before: MeetingSnapshot = {
  phase: 'idle',
  room: null,
  media: 'idle',
  mediaProblem: null,
  tracks: new Map(),
  error: null,
};

/** What the page shows and can do: the meeting client and one's own devices, brought together. */
export class Meeting {
  readonly roomId: string;
  readonly media = new LocalMedia();
  readonly toasts = new Toasts();
  readonly panel = signal<Panel | null>(null);
  readonly unread = signal(0);
  readonly soundBlocked = signal(false);
  readonly name: ReadonlySignal<string>;
  readonly tiles: ReadonlySignal<readonly Tile[]>;
  readonly #name = signal('');
  readonly #snapshot = signal<MeetingSnapshot>(before);
  readonly #token: string;
  #client: MeetingClient | null = null;
  #endings: (() => void)[] = [];

  constructor(roomId: string, query: URLSearchParams) {
    this.roomId = roomId;
    this.#token = query.get('token') ?? '';
    this.#name.value = query.get('name') ?? readTokenClaims(this.#token).name ?? recall().name ?? '';
    // Music and measurements want the sound as it is.
    this.media.originalSound.value = query.get('sound') === 'original';
    this.name = this.#name;
    this.tiles = computed(() => {
      const { room, tracks } = this.#snapshot.value;
      return room === null ? [] : tilesOf(room, tracks, this.#ownTracks());
    });
    if (this.#token === '') {
      this.#snapshot.value = {
        ...before,
        phase: 'failed',
        error: { code: 'missing-token', message: 'The link holds no token.', retryable: false },
      };
    }
  }

  get snapshot(): ReadonlySignal<MeetingSnapshot> {
    return this.#snapshot;
  }

  get room(): RoomState | null {
    return this.#snapshot.value.room;
  }

  join(name: string): void {
    this.#name.value = name;
    remember({ name });
    const client = new MeetingClient({ url: signallingUrl(location.href, this.roomId, this.#token) });
    this.#client = client;
    this.#endings = [
      client.onChange((snapshot) => {
        this.#snapshot.value = snapshot;
        if (snapshot.phase === 'left' || snapshot.phase === 'failed') {
          this.#over();
        }
      }),
      client.onNotice((notice) => this.#tell(notice)),
      effect(() => client.setTrack('audio', trackOf(this.media.microphone.state.value))),
      effect(() => client.setTrack('video', trackOf(this.media.camera.state.value))),
      effect(() => {
        const shared = this.media.screen.shared.value;
        client.setTrack('screen_video', shared?.video ?? null);
        client.setTrack('screen_audio', shared?.audio ?? null);
      }),
    ];
    client.join(name);
  }

  async leave(): Promise<void> {
    await this.#client?.leave();
  }

  /** Back to the start, after an end, with the same link. */
  startOver(): void {
    batch(() => {
      this.#snapshot.value = before;
      this.panel.value = null;
      this.unread.value = 0;
    });
  }

  prefer: MeetingClient['prefer'] = (trackId, preference) => this.#client?.prefer(trackId, preference);

  togglePanel(panel: Panel): void {
    this.panel.value = this.panel.value === panel ? null : panel;
    // Whoever opens a panel has turned to something else than the last notices.
    this.toasts.clear();
    if (this.panel.value === 'chat') {
      this.unread.value = 0;
    }
  }

  async toggleMicrophone(): Promise<void> {
    const { microphone } = this.media;
    if (microphone.isOn) {
      microphone.turnOff();
    } else {
      await this.media.turnOnMicrophone();
      this.#tellProblem('microphone', microphone.state.value);
    }
  }

  async toggleCamera(): Promise<void> {
    const { camera } = this.media;
    if (camera.isOn) {
      camera.turnOff();
    } else {
      await this.media.turnOnCamera();
      this.#tellProblem('camera', camera.state.value);
    }
  }

  async toggleScreen(): Promise<void> {
    const { screen } = this.media;
    if (screen.shared.value !== null) {
      screen.stop();
      return;
    }
    const problem = await screen.start();
    if (problem !== null) {
      this.#tellProblem('screen', { status: 'failed', problem });
    }
  }

  /** @returns whether it was sent; if not, the person has been told why. */
  sendChat(message: string): Promise<boolean> {
    return this.#attempt('The message was not sent.', (client) => client.sendMessage(CHAT_TOPIC, message));
  }

  respondEntry(participantId: string, decision: 'allowed' | 'denied'): Promise<boolean> {
    return this.#attempt('The answer did not go through.', (client) =>
      client.respondEntry({ participantId, decision }),
    );
  }

  mute(participantId: string): Promise<boolean> {
    return this.#attempt('Muting did not work.', (client) =>
      client.muteParticipant({ participantId, kind: 'audio' }),
    );
  }

  remove(participantId: string): Promise<boolean> {
    return this.#attempt('Removing did not work.', (client) => client.removeParticipant({ participantId }));
  }

  async #attempt(failure: string, action: (client: MeetingClient) => Promise<void>): Promise<boolean> {
    try {
      if (this.#client === null) {
        return false;
      }
      await action(this.#client);
      return true;
    } catch (error) {
      this.toasts.show(`${failure} ${MeetingError.from(error).message}`, 'warning');
      return false;
    }
  }

  #ownTracks(): Parameters<typeof tilesOf>[2] {
    return {
      name: this.#name.value,
      microphone: trackOf(this.media.microphone.state.value),
      camera: trackOf(this.media.camera.state.value),
      screen: this.media.screen.shared.value?.video ?? null,
    };
  }

  #over(): void {
    this.#endings.forEach((end) => end());
    this.#endings = [];
    this.media.turnOffAll();
  }

  #tellProblem(device: 'microphone' | 'camera' | 'screen', state: DeviceState): void {
    if (state.status === 'failed') {
      const { title, advice } = deviceText(device, state.problem);
      this.toasts.show(`${title}. ${advice}`, 'warning');
    }
  }

  #tell({ notification, before: room }: MeetingNotice): void {
    switch (notification.event) {
      case 'participant-joined': {
        const { participant } = notification.data;
        if (room !== null && !isKnown(room, participant)) {
          this.toasts.show(`${participant.name} joined`);
        }
        return;
      }
      case 'participant-left': {
        const gone = room?.participants.find(
          ({ participantId }) => participantId === notification.data.participantId,
        );
        if (gone !== undefined) {
          this.toasts.show(`${gone.name} left`);
        }
        return;
      }
      case 'message': {
        const { topic, senderId, senderName, message } = notification.data;
        if (topic === CHAT_TOPIC && senderId !== room?.selfId && this.panel.value !== 'chat') {
          this.unread.value += 1;
          this.toasts.show(`${senderName}: ${message.length > 120 ? `${message.slice(0, 120)}…` : message}`);
        }
        return;
      }
      case 'mute-requested':
        this.#obeyMute(notification.data.kind, notification.data.byName);
        return;
      case 'recording-state-changed':
        this.#tellRecording(room, notification.data.recording);
        return;
      default:
    }
  }

  #obeyMute(kind: ParticipantView['tracks'][number]['kind'], byName: string): void {
    if (kind === 'audio') {
      this.media.microphone.turnOff();
      this.toasts.show(`${byName} muted you`);
    } else if (kind === 'video') {
      this.media.camera.turnOff();
      this.toasts.show(`${byName} turned off your camera`);
    } else {
      this.media.screen.stop();
      this.toasts.show(`${byName} stopped your screen share`);
    }
  }

  #tellRecording(room: RoomState | null, recording: boolean): void {
    if (recording && room?.recordedIds.length === 0) {
      this.toasts.show('This meeting is being recorded');
    } else if (!recording && room?.recordedIds.length === 1) {
      this.toasts.show('Recording has stopped');
    }
  }
}

const isKnown = (room: RoomState, { participantId }: ParticipantView): boolean =>
  participantId === room.selfId || room.participants.some((one) => one.participantId === participantId);

const trackOf = (state: DeviceState): MediaStreamTrack | null => (state.status === 'on' ? state.track : null);
