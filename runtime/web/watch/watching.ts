import { batch, computed, effect, signal, untracked, type ReadonlySignal } from '@preact/signals';
import type { Audience } from '../../contract/index.ts';
import { Participation, type Section } from '../audience/index.ts';
import { Captions } from '../captions/index.ts';
import {
  MeetingClient,
  beforeJoining,
  readTokenClaims,
  signallingUrl,
  withoutToken,
  type HandOver,
  type MeetingNotice,
  type MeetingSnapshot,
  type RoomState,
} from '../client/index.ts';
import {
  leaveHandOver,
  ownAddress,
  recall,
  reloadWhenBack,
  remember,
  takeHandOver,
  Toasts,
} from '../shared/index.ts';
import { findReplay } from './player/find-replay.ts';
import { Player } from './player/player.ts';
import { sceneOf, type Scene } from './scene.ts';

/** What the page shows and can do: one viewer's meeting client, the player and taking part, brought together. */
export class Watching {
  readonly roomId: string;
  readonly toasts = new Toasts();
  readonly player = new Player();
  readonly participation: Participation;
  readonly captions: Captions;
  readonly section = signal<Section>('chat');
  /** On the way to the stage: another page takes over. */
  readonly moving = signal(false);
  readonly scene: ReadonlySignal<Scene>;
  readonly #snapshot = signal<MeetingSnapshot>(beforeJoining);
  readonly #name = signal('');
  readonly #hasSeen = signal(false);
  readonly #playbackUrl = signal<string | null>(null);
  readonly #replay = signal<string | null>(null);
  readonly #replaying = signal(false);
  /** The stream that has come to its end, which the room may hear of later than the player. */
  readonly #finishedUrl = signal<string | null>(null);
  readonly #token: string;
  #client: MeetingClient | null = null;
  #endings: (() => void)[] = [];

  constructor(roomId: string, query: URLSearchParams) {
    this.roomId = roomId;
    this.#token = query.get('token') ?? '';
    this.#name.value = query.get('name') ?? readTokenClaims(this.#token).name ?? recall().name ?? '';
    this.participation = new Participation({
      room: () => this.#snapshot.value.room,
      client: () => this.#client,
      toasts: this.toasts,
    });
    this.captions = new Captions({
      room: () => this.#snapshot.value.room,
      pictureTimeMs: () => (this.scene.peek() === 'live' ? this.player.pictureTimeMs() : null),
    });
    this.scene = computed(() => {
      const hls = this.#stream();
      return sceneOf({
        hls,
        hasSeen: this.#hasSeen.value,
        finished: hls !== null && hls.livestreamUrl === this.#finishedUrl.value,
        replaying: this.#replaying.value,
      });
    });
    effect(() => {
      const scene = this.scene.value;
      const hls = this.#stream();
      untracked(() => this.#follow(scene, hls));
    });
    effect(() => {
      if (this.player.state.value === 'finished' && this.scene.peek() === 'live') {
        this.#finishedUrl.value = this.room?.audience.hls?.livestreamUrl ?? null;
      }
    });
    const handOver = takeHandOver(roomId);
    if (this.#token === '') {
      this.#snapshot.value = withoutToken;
    } else if (handOver !== null) {
      this.#join(handOver.name, handOver);
      this.toasts.show('You are back in the audience');
    }
    reloadWhenBack(() => this.moving.value);
  }

  get snapshot(): ReadonlySignal<MeetingSnapshot> {
    return this.#snapshot;
  }

  get room(): RoomState | null {
    return this.#snapshot.value.room;
  }

  get name(): ReadonlySignal<string> {
    return this.#name;
  }

  /** The address of a replay, once one was found. */
  get replay(): ReadonlySignal<string | null> {
    return this.#replay;
  }

  join(name: string): void {
    remember({ name });
    this.#join(name, null);
  }

  async leave(): Promise<void> {
    await this.#client?.leave();
  }

  /** Back to the start, after an end, with the same link. */
  startOver(): void {
    batch(() => {
      this.#snapshot.value = beforeJoining;
      this.#replaying.value = false;
      this.#hasSeen.value = false;
    });
  }

  playReplay(): void {
    this.#replaying.value = this.#replay.value !== null;
  }

  /** To the join page as the same participant; there one sees oneself before anybody else does. */
  goToStage(): void {
    const handOver = this.#client?.handOver() ?? null;
    if (handOver === null) {
      return;
    }
    this.moving.value = true;
    leaveHandOver({ ...handOver, roomId: this.roomId });
    location.assign(`/join/${encodeURIComponent(this.roomId)}${location.search}`);
  }

  #join(name: string, resume: HandOver | null): void {
    this.#name.value = name;
    const client = new MeetingClient({
      url: signallingUrl(location.href, this.roomId, this.#token),
      mode: 'SIGNALLING_ONLY',
      ...(resume === null ? {} : { resume }),
    });
    this.#client = client;
    this.#endings = [
      client.onChange((snapshot) => {
        this.#snapshot.value = snapshot;
        if (this.#isOver()) {
          this.#endings.forEach((end) => end());
          this.#endings = [];
          this.captions.end();
        }
      }),
      client.onNotice((notice) => this.#tell(notice)),
    ];
    client.join(name);
  }

  /** The running stream. Once this viewer is out, what was last known of it no longer holds. */
  #stream(): Audience['hls'] {
    return this.#isOver() ? null : (this.#snapshot.value.room?.audience.hls ?? null);
  }

  #isOver(): boolean {
    const { phase } = this.#snapshot.value;
    return phase === 'left' || phase === 'failed';
  }

  /** Plays what there is to play, and looks for a replay when a broadcast is over. */
  #follow(scene: Scene, hls: Audience['hls']): void {
    if (scene === 'live' && hls !== null) {
      this.#hasSeen.value = true;
      this.#replay.value = null;
      this.#playbackUrl.value = ownAddress(hls.playbackHlsUrl, location.href);
      this.player.show({ address: ownAddress(hls.livestreamUrl, location.href), kind: 'live' });
    } else if (scene === 'replay' && this.#replay.value !== null) {
      this.player.show({ address: this.#replay.value, kind: 'replay' });
    } else {
      this.player.show(null);
    }
    if (scene === 'over') {
      void this.#lookForReplay();
    }
  }

  async #lookForReplay(): Promise<void> {
    const address = this.#playbackUrl.value;
    if (address === null || this.#replay.value !== null) {
      return;
    }
    const found = await findReplay(address);
    // Meanwhile another broadcast may have begun.
    if (found && this.#playbackUrl.value === address && this.scene.value === 'over') {
      this.#replay.value = address;
    }
  }

  #tell(notice: MeetingNotice): void {
    this.participation.tell(notice);
    this.captions.tell(notice);
    const { notification } = notice;
    if (notification.event === 'mode-changed' && notification.data.mode !== 'SIGNALLING_ONLY') {
      this.goToStage();
    }
  }
}
