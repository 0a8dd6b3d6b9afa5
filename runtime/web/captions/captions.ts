import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { Caption } from '../../contract/index.ts';
import type { MeetingNotice, RoomState } from '../client/index.ts';
import { recall, remember } from '../shared/index.ts';
import { captionDueMs } from './caption-timing.ts';
import { withCaption, withoutOver, type ShownCaption } from './shown-captions.ts';

export type CaptionsOptions = {
  room: () => RoomState | null;
  /**
   * When what is to be seen now happened, in milliseconds since 1970 by the runtime's clock: a broadcast is seen later
   * than it is said. Null where it is seen at once.
   */
  pictureTimeMs: () => number | null;
};

const LOOK_EVERY_MS = 100;
/** A picture that stands still, or another clock, must not hold captions back for ever. */
const HELD_AT_MOST = 200;
/** Hours of talk. */
const REMEMBERED_AT_MOST = 5_000;

/** What is said in the room, as text: over the picture while it is said, and all of it since joining. */
export class Captions {
  readonly #options: CaptionsOptions;
  readonly #wanted = signal(recall().captions !== 'off');
  readonly #shown = signal<readonly ShownCaption[]>([]);
  readonly #transcript = signal<readonly Caption[]>([]);
  /** Segments of which something was shown before they were final. */
  readonly #grew = new Set<string>();
  #held: readonly { caption: Caption; dueMs: number }[] = [];
  #looking: ReturnType<typeof setInterval> | undefined;
  /** Whether there are captions to turn on or off. */
  readonly available: ReadonlySignal<boolean>;
  /** What stands over the picture now. */
  readonly onShow: ReadonlySignal<readonly ShownCaption[]>;

  constructor(options: CaptionsOptions) {
    this.#options = options;
    this.available = computed(() => (options.room()?.captions ?? null) !== null);
    this.onShow = computed(() => (this.#wanted.value ? this.#shown.value : []));
  }

  /** Whether the person wants to see captions; remembered for the next time. */
  get wanted(): ReadonlySignal<boolean> {
    return this.#wanted;
  }

  /** Everything that was said since joining and has been seen, oldest first. */
  get transcript(): ReadonlySignal<readonly Caption[]> {
    return this.#transcript;
  }

  toggle(): void {
    this.#wanted.value = !this.#wanted.value;
    remember({ captions: this.#wanted.value ? 'on' : 'off' });
  }

  tell({ notification }: MeetingNotice): void {
    if (notification.event === 'transcription-text') {
      this.#hear(notification.data);
    } else if (notification.event === 'captions-changed' && notification.data.captions === null) {
      this.#grew.clear();
    }
  }

  /** The meeting is over: nothing is on show any more. */
  end(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
    this.#held = [];
    this.#grew.clear();
    this.#shown.value = [];
    this.#transcript.value = [];
  }

  #hear(caption: Caption): void {
    const { segmentId, isFinal } = caption;
    const dueMs = captionDueMs(caption, this.#grew.has(segmentId));
    if (isFinal) {
      this.#grew.delete(segmentId);
    } else {
      this.#grew.add(segmentId);
    }
    this.#held = [...this.#held, { caption, dueMs }].slice(-HELD_AT_MOST);
    this.#look();
    this.#looking ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** Shows what is due, and takes off what has been read. */
  #look(): void {
    const pictureMs = this.#options.pictureTimeMs() ?? Infinity;
    const due = this.#held.filter(({ dueMs }) => dueMs <= pictureMs);
    if (due.length > 0) {
      this.#held = this.#held.filter(({ dueMs }) => dueMs > pictureMs);
    }
    const now = performance.now();
    const shown = due.reduce((so, { caption }) => withCaption(so, caption, now), this.#shown.value);
    this.#shown.value = withoutOver(shown, now);
    const said = due.flatMap(({ caption }) => (caption.isFinal && caption.text !== '' ? [caption] : []));
    if (said.length > 0) {
      this.#transcript.value = [...this.#transcript.value, ...said]
        .sort((one, other) => one.startMs - other.startMs)
        .slice(-REMEMBERED_AT_MOST);
    }
    if (this.#held.length === 0 && this.#shown.value.length === 0) {
      clearInterval(this.#looking);
      this.#looking = undefined;
    }
  }
}
