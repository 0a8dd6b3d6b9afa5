import { batch, computed, effect, signal, type ReadonlySignal } from '@preact/signals';
import type { ParticipantView } from '../../contract/index.ts';
import { Participation } from '../audience/index.ts';
import { Captions } from '../captions/index.ts';
import {
  MeetingClient,
  MeetingError,
  beforeJoining,
  readTokenClaims,
  signallingUrl,
  withoutToken,
  type HandOver,
  type MeetingNotice,
  type MeetingSnapshot,
  type RoomState,
} from '../client/index.ts';
import { leaveHandOver, recall, reloadWhenBack, remember, takeHandOver, Toasts } from '../shared/index.ts';
import { LocalMedia, type DeviceState } from './devices/index.ts';
import { tilesOf, type Tile } from './room/tiles.ts';
import { deviceText } from './texts/index.ts';

export type Panel = 'chat' | 'people' | 'audience' | 'settings';

/** What the page shows and can do: the meeting client and one's own devices, brought together. */
export class Meeting {
  readonly roomId: string;
  readonly media = new LocalMedia();
  readonly toasts = new Toasts();
  readonly panel = signal<Panel | null>(null);
  readonly participation: Participation;
  readonly captions: Captions;
  /** Came from the audience and has not gone on stage yet. */
  readonly entering = signal(false);
  /** On the way into the audience: another page takes over. */
  readonly moving = signal(false);
  readonly soundBlocked = signal(false);
  readonly name: ReadonlySignal<string>;
  readonly tiles: ReadonlySignal<readonly Tile[]>;
  readonly #name = signal('');
  readonly #snapshot = signal<MeetingSnapshot>(beforeJoining);
  readonly #token: string;
  #client: MeetingClient | null = null;
  #endings: (() => void)[] = [];

  constructor(roomId: string, query: URLSearchParams) {
    this.roomId = roomId;
    this.#token = query.get('token') ?? '';
    const claims = readTokenClaims(this.#token);
    this.#name.value = query.get('name') ?? claims.name ?? recall().name ?? '';
    // Music and measurements want the sound as it is.
    this.media.originalSound.value = query.get('sound') === 'original';
    this.name = this.#name;
    this.participation = new Participation({
      room: () => this.#snapshot.value.room,
      client: () => this.#client,
      toasts: this.toasts,
    });
    this.captions = new Captions({
      room: () => this.#snapshot.value.room,
      // Words and pictures come together here.
      pictureTimeMs: () => null,
    });
    this.tiles = computed(() => {
      const { room, tracks } = this.#snapshot.value;
      return room === null ? [] : tilesOf(room, tracks, this.#ownTracks());
    });
    const handOver = takeHandOver(roomId);
    if (this.#token === '') {
      this.#snapshot.value = withoutToken;
    } else if (handOver !== null) {
      this.entering.value = true;
      this.#join(handOver.name, handOver);
    } else if (claims.mode === 'SIGNALLING_ONLY') {
      this.#openWatchPage();
    }
    reloadWhenBack(() => this.moving.value);
  }

  get snapshot(): ReadonlySignal<MeetingSnapshot> {
    return this.#snapshot;
  }

  get room(): RoomState | null {
    return this.#snapshot.value.room;
  }

  join(name: string): void {
    remember({ name });
    this.#join(name, null);
  }

  /** From the audience into the meeting, with the devices as they are now. */
  async goOnStage(): Promise<void> {
    if (await this.participation.respondStage(true)) {
      this.entering.value = false;
    }
  }

  async declineStage(): Promise<void> {
    await this.participation.respondStage(false);
    this.goToAudience();
  }

  /** To the watch page as the same participant. */
  goToAudience(): void {
    const client = this.#client;
    if (client === null || this.moving.value) {
      return;
    }
    // First of all: what the client tells while it ends must not lead here again.
    this.moving.value = true;
    const handOver = client.handOver();
    if (handOver === null) {
      this.moving.value = false;
      return;
    }
    leaveHandOver({ ...handOver, roomId: this.roomId });
    this.#openWatchPage();
  }

  #openWatchPage(): void {
    this.moving.value = true;
    location.replace(`/watch/${encodeURIComponent(this.roomId)}${location.search}`);
  }

  #join(name: string, resume: HandOver | null): void {
    this.#name.value = name;
    const client = new MeetingClient({
      url: signallingUrl(location.href, this.roomId, this.#token),
      ...(resume === null ? {} : { resume }),
    });
    this.#client = client;
    this.#endings = [
      client.onChange((snapshot) => {
        this.#snapshot.value = snapshot;
        this.#keepPlace(snapshot);
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
      this.#snapshot.value = beforeJoining;
      this.panel.value = null;
      this.entering.value = false;
    });
  }

  prefer: MeetingClient['prefer'] = (trackId, preference) => this.#client?.prefer(trackId, preference);

  togglePanel(panel: Panel): void {
    this.panel.value = this.panel.value === panel ? null : panel;
    // Whoever opens a panel has turned to something else than the last notices.
    this.toasts.clear();
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

  /** @returns whether it went through; if not, the person has been told why. */
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
    this.captions.end();
  }

  #tellProblem(device: 'microphone' | 'camera' | 'screen', state: DeviceState): void {
    if (state.status === 'failed') {
      const { title, advice } = deviceText(device, state.problem);
      this.toasts.show(`${title}. ${advice}`, 'warning');
    }
  }

  /** Who is only in the audience watches on the watch page, unless about to come on stage. */
  #keepPlace({ phase, room }: MeetingSnapshot): void {
    if (phase !== 'joined' || room === null) {
      return;
    }
    if (room.mode !== 'SIGNALLING_ONLY') {
      this.entering.value = false;
    } else if (room.stageInvitation === null) {
      this.goToAudience();
    }
  }

  #tell(notice: MeetingNotice): void {
    this.participation.tell(notice);
    this.captions.tell(notice);
    const { notification, before: room } = notice;
    switch (notification.event) {
      case 'participant-joined': {
        const { participant } = notification.data;
        // An audience comes and goes in numbers; how many watch is told elsewhere.
        if (room !== null && participant.mode !== 'SIGNALLING_ONLY' && !isKnown(room, participant)) {
          this.toasts.show(`${participant.name} joined`);
        }
        return;
      }
      case 'participant-left': {
        const gone = room?.participants.find(
          ({ participantId }) => participantId === notification.data.participantId,
        );
        if (gone !== undefined && gone.mode !== 'SIGNALLING_ONLY') {
          this.toasts.show(`${gone.name} left`);
        }
        return;
      }
      case 'mute-requested':
        this.#obeyMute(notification.data.kind, notification.data.byName);
        return;
      case 'recording-state-changed':
        this.#tellRecording(room, notification.data.recording);
        return;
      case 'captions-changed':
        this.#tellTranscribing(room, notification.data.captions !== null);
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

  #tellTranscribing(room: RoomState | null, transcribing: boolean): void {
    if (transcribing && room?.captions === null) {
      this.toasts.show('This meeting is being transcribed');
    } else if (!transcribing) {
      this.toasts.show('Transcription has stopped');
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
