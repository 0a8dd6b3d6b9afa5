import { batch, signal, type ReadonlySignal } from '@preact/signals';
import Hls from 'hls.js/light';
import type { EngineEvents, Quality, StreamEngine } from './engine.ts';
import { openHlsEngine } from './hls-engine.ts';
import { openNativeEngine } from './native-engine.ts';
import { remedyFor, type Trouble } from './player-recovery.ts';
import { engineFor, isBehindLive, type EngineChoice, type PlaybackKind } from './player-tuning.ts';

export type PlayerState =
  | 'idle'
  | 'loading'
  | 'playing'
  | 'paused'
  /** It ran dry, or is being started anew. */
  | 'stalled'
  | 'finished'
  | 'failed';

export type PlayerSource = { address: string; kind: PlaybackKind };

const HLS_TYPE = 'application/vnd.apple.mpegurl';
const MEASURE_EVERY_MS = 1_000;
/** A gap shorter than this is over before a sign of it is read. */
const STALL_SHOWN_AFTER_MS = 600;
/** Playing that long, what failed before counts no more. */
const HEALTHY_AFTER_MS = 10_000;
/** A jump takes a moment to show in the latency. */
const BETWEEN_JUMPS_MS = 8_000;

/** The picture and sound of a broadcast: plays, recovers, and says how it goes. */
export class Player {
  readonly #state = signal<PlayerState>('idle');
  readonly #muted = signal(false);
  readonly #volume = signal(1);
  readonly #soundBlocked = signal(false);
  readonly #latencySeconds = signal<number | null>(null);
  readonly #behind = signal(false);
  readonly #qualities = signal<readonly Quality[]>([]);
  readonly #chosenLevel = signal<number | null>(null);
  readonly #position = signal({ seconds: 0, of: 0 });
  readonly #engineChoice: EngineChoice;
  #video: HTMLVideoElement | null = null;
  #source: PlayerSource | null = null;
  #engine: StreamEngine | null = null;
  #failures = 0;
  #recoveredAtMs = -Infinity;
  #pausedByPerson = false;
  /** Paused at some time and not gone back to live since. */
  #lagsByChoice = false;
  #jumpedAtMs = -Infinity;
  #restartTimer: ReturnType<typeof setTimeout> | undefined;
  #stallTimer: ReturnType<typeof setTimeout> | undefined;
  #healthyTimer: ReturnType<typeof setTimeout> | undefined;
  #measuring: ReturnType<typeof setInterval> | undefined;

  constructor() {
    this.#engineChoice = engineFor({
      // AirPlay is in Apple's own browsers only, whatever name the others go by.
      isApple: 'WebKitPlaybackTargetAvailabilityEvent' in window,
      native: document.createElement('video').canPlayType(HLS_TYPE) !== '',
      mediaSource: Hls.isSupported(),
    });
  }

  get state(): ReadonlySignal<PlayerState> {
    return this.#state;
  }

  get muted(): ReadonlySignal<boolean> {
    return this.#muted;
  }

  /** 0 to 1. */
  get volume(): ReadonlySignal<number> {
    return this.#volume;
  }

  /** The browser lets no page make sound before it was touched. */
  get soundBlocked(): ReadonlySignal<boolean> {
    return this.#soundBlocked;
  }

  get latencySeconds(): ReadonlySignal<number | null> {
    return this.#latencySeconds;
  }

  /** Further behind than playing live is. */
  get behind(): ReadonlySignal<boolean> {
    return this.#behind;
  }

  get qualities(): ReadonlySignal<readonly Quality[]> {
    return this.#qualities;
  }

  /** null: chosen by itself. */
  get chosenLevel(): ReadonlySignal<number | null> {
    return this.#chosenLevel;
  }

  /** Where a replay is, in seconds. */
  get position(): ReadonlySignal<{ seconds: number; of: number }> {
    return this.#position;
  }

  get isSupported(): boolean {
    return this.#engineChoice !== 'none';
  }

  /** When what is on show happened, in milliseconds since 1970 by the server's clock; null when nothing tells. */
  pictureTimeMs(): number | null {
    return this.#engine?.pictureTimeMs() ?? null;
  }

  /** Takes `video` to play in. @returns the function that lets go of it */
  attach(video: HTMLVideoElement): () => void {
    const listening = new AbortController();
    const on = (event: keyof HTMLMediaElementEventMap, listener: () => void): void =>
      video.addEventListener(event, listener, { signal: listening.signal });
    this.#video = video;
    on('playing', () => this.#playing());
    on('waiting', () => this.#waiting());
    on('pause', () => this.#stopped('paused'));
    on('ended', () => this.#stopped('finished'));
    on('timeupdate', () => this.#measure());
    on('durationchange', () => this.#measure());
    on('volumechange', () => {
      batch(() => {
        this.#muted.value = video.muted;
        this.#volume.value = video.volume;
        this.#soundBlocked.value &&= video.muted;
      });
    });
    this.#measuring = setInterval(() => this.#measure(), MEASURE_EVERY_MS);
    this.#open();
    return () => {
      listening.abort();
      this.#close();
      clearInterval(this.#measuring);
      this.#video = null;
    };
  }

  /** Plays `source` from now on, or nothing. The same again changes nothing. */
  show(source: PlayerSource | null): void {
    if (source?.address === this.#source?.address && source?.kind === this.#source?.kind) {
      return;
    }
    this.#close();
    this.#source = source;
    this.#failures = 0;
    this.#pausedByPerson = false;
    this.#lagsByChoice = false;
    batch(() => {
      this.#state.value = 'idle';
      this.#qualities.value = [];
      this.#chosenLevel.value = null;
      this.#position.value = { seconds: 0, of: 0 };
    });
    this.#open();
  }

  togglePlay(): void {
    if (this.#video?.paused === true) {
      this.#pausedByPerson = false;
      this.#play();
    } else {
      this.#pausedByPerson = true;
      this.#lagsByChoice = true;
      this.#video?.pause();
    }
  }

  /** To what happens now, and on from there. */
  goLive(): void {
    this.#engine?.goLive();
    this.#pausedByPerson = false;
    this.#lagsByChoice = false;
    this.#play();
    this.#measure();
  }

  seek(seconds: number): void {
    if (this.#video !== null) {
      this.#video.currentTime = seconds;
      this.#measure();
    }
  }

  /** Called by a press of the person: browsers give sound only then. */
  turnOnSound(): void {
    if (this.#video !== null) {
      this.#soundBlocked.value = false;
      this.#video.muted = false;
      this.#video.volume = Math.max(0.2, this.#video.volume);
      this.#play();
    }
  }

  toggleMuted(): void {
    if (this.#video?.muted === true) {
      this.turnOnSound();
    } else if (this.#video !== null) {
      this.#video.muted = true;
    }
  }

  /** 0 to 1; above 0 it also turns the sound on. */
  setVolume(volume: number): void {
    if (this.#video !== null) {
      this.#video.volume = Math.min(1, Math.max(0, volume));
      this.#video.muted = volume <= 0;
    }
  }

  chooseLevel(level: number | null): void {
    this.#chosenLevel.value = level;
    this.#engine?.chooseLevel(level);
  }

  #open(): void {
    const video = this.#video;
    const source = this.#source;
    if (video === null || source === null) {
      return;
    }
    if (this.#engineChoice === 'none') {
      this.#state.value = 'failed';
      return;
    }
    this.#state.value = this.#failures === 0 ? 'loading' : 'stalled';
    const events: EngineEvents = {
      onQualities: (qualities) => (this.#qualities.value = qualities),
      onTrouble: (trouble) => this.#mend(trouble, source),
    };
    this.#engine =
      this.#engineChoice === 'hls.js'
        ? openHlsEngine(video, source.address, source.kind, events)
        : openNativeEngine(video, source.address, events);
    this.#engine.chooseLevel(this.#chosenLevel.value);
    if (!this.#pausedByPerson) {
      this.#play();
    }
  }

  #close(): void {
    clearTimeout(this.#restartTimer);
    clearTimeout(this.#stallTimer);
    clearTimeout(this.#healthyTimer);
    this.#engine?.close();
    this.#engine = null;
    this.#latencySeconds.value = null;
    this.#behind.value = false;
  }

  #play(): void {
    const video = this.#video;
    video?.play().catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== 'NotAllowedError') {
        // Another source took its place, or it will be told of as trouble.
        return;
      }
      if (video.muted) {
        this.#stopped('paused');
        return;
      }
      video.muted = true;
      this.#soundBlocked.value = true;
      this.#play();
    });
  }

  #playing(): void {
    clearTimeout(this.#stallTimer);
    clearTimeout(this.#healthyTimer);
    this.#healthyTimer = setTimeout(() => (this.#failures = 0), HEALTHY_AFTER_MS);
    this.#state.value = 'playing';
  }

  #waiting(): void {
    clearTimeout(this.#stallTimer);
    this.#stallTimer = setTimeout(() => {
      if (this.#state.value === 'playing') {
        this.#state.value = 'stalled';
      }
    }, STALL_SHOWN_AFTER_MS);
  }

  #stopped(state: 'paused' | 'finished'): void {
    clearTimeout(this.#stallTimer);
    // While a stream is changed or begun anew the element pauses too, which nobody asked for.
    if (this.#engine !== null && this.#state.value !== 'stalled' && this.#state.value !== 'finished') {
      this.#state.value = state;
    }
  }

  #measure(): void {
    const engine = this.#engine;
    const video = this.#video;
    if (engine === null || video === null) {
      return;
    }
    const latency = this.#source?.kind === 'live' ? engine.latencySeconds() : null;
    const behind = latency !== null && isBehindLive(latency, engine.targetSeconds());
    const now = performance.now();
    // Fallen behind by the network, not by choice: too far to run after, so it jumps.
    if (behind && !this.#lagsByChoice && !video.paused && now - this.#jumpedAtMs > BETWEEN_JUMPS_MS) {
      this.#jumpedAtMs = now;
      engine.goLive();
    }
    batch(() => {
      this.#latencySeconds.value = latency === null ? null : Math.round(latency * 10) / 10;
      this.#behind.value = behind;
      if (this.#source?.kind === 'replay') {
        const of = Number.isFinite(video.duration) ? video.duration : 0;
        this.#position.value = { seconds: video.currentTime, of };
      }
    });
  }

  #mend(trouble: Trouble, source: PlayerSource): void {
    if (this.#source !== source) {
      return;
    }
    const now = performance.now();
    clearTimeout(this.#healthyTimer);
    const remedy = remedyFor(trouble, source.kind, {
      failures: this.#failures,
      sinceMediaRecoveryMs: now - this.#recoveredAtMs,
    });
    switch (remedy.action) {
      case 'recover-media':
        this.#recoveredAtMs = now;
        this.#engine?.recoverMedia();
        return;
      case 'give-up':
        this.#close();
        this.#state.value = 'failed';
        return;
      case 'restart':
        this.#failures += 1;
        this.#close();
        this.#state.value = 'stalled';
        this.#restartTimer = setTimeout(() => this.#open(), remedy.afterMs);
    }
  }
}
