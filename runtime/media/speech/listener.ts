import { RoomflowError } from '../../contract/index.ts';
import { monotonicMs } from '../clock/index.ts';
import type { EncodedFrame } from '../frame.ts';
import { ListenerLink } from './listener-link.ts';
import type { ChildEvent, ChildStats, FromChild } from './listener-messages.ts';
import type { Listener, ListenerOptions, ListenerStats } from './types.ts';
import { UnsettledSpeech } from './unsettled-speech.ts';

/** Shorter sounds are coughs and clicks; "no" takes 200 ms. */
const DEFAULT_MIN_UTTERANCE_MS = 120;
/** Less than is kept for a child that takes over. */
const DEFAULT_MAX_UTTERANCE_MS = 20_000;
/** A child that ends so soon has died of how it was started, or of what it was given to hear again. */
const QUICK_DEATH_MS = 5000;
/** So many in a row, and starting it anew does not help. */
const MOST_QUICK_DEATHS = 5;
/** From so many on, what was being said is not heard again: it may be what kills the child. */
const DEATHS_BY_SPEECH = 2;
/** Before each further start after a quick death; the first start anew is at once. */
const RESTART_PAUSE_MS = 200;
/** Sound that may wait in front of a child: some ten minutes of ten speakers. What comes then is a gap. */
const MOST_QUEUED_BYTES = 32 * 1024 * 1024;
/** An utterance that is heard again by another child begins within so much of where it began. */
const SAME_UTTERANCE_MS = 500;

/** Starts a listener. See {@link Listener}. */
export const createListener = (options: ListenerOptions): Listener => new ForkedListener(options);

type KnownSpeaker = {
  readonly id: string;
  readonly speech: UnsettledSpeech;
  paused: boolean;
  /** The last interim result's, while its final is not there: another child is to go on under that name. */
  open: { segmentId: string; startMs: number } | null;
  /** What another child calls the same utterance, once it has begun to tell of it. */
  renamed: { from: string; to: string } | null;
  /** Sound that was left out because too much waits; told as a gap when there is room again. */
  leftOut: { startMs: number; endMs: number } | null;
};

class ForkedListener implements Listener {
  readonly #options: ListenerOptions;
  readonly #speakers = new Map<number, KnownSpeaker>();
  /** Of those who have not left. */
  readonly #numbers = new Map<string, number>();
  #nextNumber = 1;
  #child: ListenerLink;
  #childStartedAtMs = 0;
  #failure: (FromChild & { type: 'failed' }) | null = null;
  #quickDeaths = 0;
  #restarts = 0;
  #restartTimer: NodeJS.Timeout | undefined;
  #behind = false;
  #stats: ChildStats = noStats;
  /** Of the children before. */
  #earlierStats: ChildStats = noStats;
  #state: 'running' | 'closing' | 'over' = 'running';
  #closed: Promise<void> | undefined;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#child = this.#startChild();
  }

  push(speakerId: string, frame: EncodedFrame): void {
    if (this.#state !== 'running' || frame.codec !== 'opus') return;
    const number = this.#numbers.get(speakerId) ?? this.#meet(speakerId, frame.timestampMs);
    const speaker = this.#speakers.get(number);
    if (speaker === undefined) return;
    if (this.#child.queuedBytes > MOST_QUEUED_BYTES) {
      const startMs = speaker.leftOut?.startMs ?? frame.timestampMs;
      speaker.leftOut = { startMs, endMs: frame.timestampMs };
      return;
    }
    if (speaker.leftOut) this.#tellLeftOut(speaker);
    const arrivalMs = monotonicMs();
    speaker.paused = false;
    speaker.speech.push(frame, arrivalMs);
    this.#child.send(number, frame, arrivalMs);
  }

  pause(speakerId: string): void {
    const number = this.#numbers.get(speakerId);
    const speaker = number === undefined ? undefined : this.#speakers.get(number);
    if (number === undefined || speaker === undefined || speaker.paused) return;
    speaker.paused = true;
    this.#child.tell({ type: 'pause', speaker: number });
  }

  forget(speakerId: string): void {
    const number = this.#numbers.get(speakerId);
    if (number === undefined) return;
    this.#numbers.delete(speakerId);
    this.#child.tell({ type: 'forget', speaker: number });
  }

  stats(): ListenerStats {
    return {
      pid: this.#child.pid,
      speakers: this.#numbers.size,
      utterances: this.#earlierStats.utterances + this.#stats.utterances,
      restarts: this.#restarts,
      interimsDropped: this.#earlierStats.interimsDropped + this.#stats.interimsDropped,
      backlogMs: this.#stats.backlogMs,
    };
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    clearTimeout(this.#restartTimer);
    if (this.#state === 'running') this.#state = 'closing';
    for (const speaker of this.#speakers.values()) this.#tellLeftOut(speaker);
    await this.#child.end();
    // A child that was killed instead has left something unsaid.
    if (this.#state === 'closing') this.#abandon(unheard('The recogniser did not end in time.'));
    this.#state = 'over';
  }

  #meet(speakerId: string, fromMs: number): number {
    const number = this.#nextNumber++;
    this.#numbers.set(speakerId, number);
    this.#speakers.set(number, {
      id: speakerId,
      speech: new UnsettledSpeech(fromMs),
      paused: false,
      open: null,
      renamed: null,
      leftOut: null,
    });
    this.#child.tell({ type: 'speaker', speaker: number, speakerId, fromMs });
    return number;
  }

  #startChild(): ListenerLink {
    const { engine, language, utteranceDirectory, minUtteranceMs, maxUtteranceMs } = this.#options;
    this.#childStartedAtMs = performance.now();
    this.#failure = null;
    const child = new ListenerLink(
      (message) => {
        this.#hear(message);
      },
      (description) => {
        this.#childExited(description);
      },
    );
    child.tell({
      type: 'start',
      engine,
      language,
      utteranceDirectory: utteranceDirectory ?? null,
      minUtteranceMs: minUtteranceMs ?? DEFAULT_MIN_UTTERANCE_MS,
      maxUtteranceMs: maxUtteranceMs ?? DEFAULT_MAX_UTTERANCE_MS,
    });
    return child;
  }

  #hear(message: FromChild): void {
    if (this.#state === 'over') return;
    switch (message.type) {
      case 'ready':
        this.#options.onEvent({ type: 'ready' });
        break;
      case 'heard':
        this.#hearSpeech(message);
        break;
      case 'behind':
        this.#behind = message.behind;
        this.#options.onEvent(message);
        break;
      case 'stats':
        this.#stats = message.stats;
        for (const { speaker, settledMs } of message.settled) {
          this.#speakers.get(speaker)?.speech.settle(settledMs);
        }
        break;
      case 'forgotten':
        this.#speakers.delete(message.speaker);
        break;
      case 'failed':
        this.#failure = message;
        break;
      default:
        message satisfies never;
    }
  }

  #hearSpeech({ event, arrivalMs, speaker: number, settledMs }: FromChild & { type: 'heard' }): void {
    const speaker = this.#speakers.get(number);
    if (speaker === undefined) return;
    speaker.speech.settle(settledMs);
    if (event.type === 'interim') {
      const segmentId = nameOf(speaker, event);
      speaker.open = { segmentId, startMs: event.startMs };
      this.#options.onEvent({ ...event, segmentId });
    } else if (event.type === 'final') {
      const segmentId = nameOf(speaker, event);
      speaker.open = null;
      speaker.renamed = null;
      const overheadMs = arrivalMs === null ? 0 : Math.max(0, monotonicMs() - arrivalMs - event.engineMs);
      this.#options.onEvent({ ...event, segmentId, overheadMs });
    } else {
      this.#options.onEvent(event);
    }
  }

  #childExited(description: string): void {
    if (this.#state !== 'running') return;
    const failure = this.#failure;
    const reason = failure?.message ?? description;
    const isQuick = performance.now() - this.#childStartedAtMs < QUICK_DEATH_MS;
    this.#quickDeaths = isQuick ? this.#quickDeaths + 1 : 0;
    if (failure?.isFinal === true) {
      this.#fail(RoomflowError.fromBody(failure));
    } else if (this.#quickDeaths >= MOST_QUICK_DEATHS) {
      this.#fail(
        new RoomflowError(
          'transcription-failed',
          `The recogniser's process ended ${this.#quickDeaths} times in a row: ${reason}`,
        ),
      );
    } else {
      this.#earlierStats = addStats(this.#earlierStats, this.#stats);
      this.#stats = noStats;
      const pauseMs = Math.max(0, this.#quickDeaths - 1) * RESTART_PAUSE_MS;
      this.#restartTimer = setTimeout(() => {
        this.#restart(reason);
      }, pauseMs);
    }
  }

  #fail(error: RoomflowError): void {
    this.#abandon(error);
    this.#state = 'over';
    this.#options.onFailure(error);
  }

  #restart(reason: string): void {
    this.#restarts++;
    const abandoned = this.#quickDeaths >= DEATHS_BY_SPEECH;
    if (abandoned) this.#abandon(unheard(`The recogniser's process ended while it was heard: ${reason}`));
    if (this.#behind) {
      // The new child begins without a backlog, and says by itself when it has one.
      this.#behind = false;
      this.#options.onEvent({ type: 'behind', behind: false, backlogMs: 0 });
    }
    this.#child = this.#startChild();
    for (const [number, speaker] of this.#speakers) this.#introduce(number, speaker);
    this.#options.onRestart(reason);
  }

  /** Tells a new child of a speaker, and all that was being said. */
  #introduce(number: number, speaker: KnownSpeaker): void {
    const { id, speech } = speaker;
    const hasLeft = this.#numbers.get(id) !== number;
    if (speaker.open) speaker.renamed = { from: '', to: speaker.open.segmentId };
    const lost = speech.takeLost(false);
    if (lost) {
      this.#tellGap(id, lost, unheard('More was being said than is kept for a recogniser that takes over.'));
    }
    this.#child.tell({ type: 'speaker', speaker: number, speakerId: id, fromMs: speech.settledMs });
    for (const { frame, arrivalMs } of speech) this.#child.send(number, frame, arrivalMs);
    if (speaker.paused) this.#child.tell({ type: 'pause', speaker: number });
    if (hasLeft) this.#child.tell({ type: 'forget', speaker: number });
  }

  /** Nothing of what is being said is going to be heard. */
  #abandon(error: RoomflowError): void {
    for (const { id, speech } of this.#speakers.values()) {
      const lost = speech.takeLost(true);
      if (lost) this.#tellGap(id, lost, error);
    }
  }

  #tellLeftOut(speaker: KnownSpeaker): void {
    const { leftOut } = speaker;
    speaker.leftOut = null;
    if (leftOut)
      this.#tellGap(speaker.id, leftOut, unheard('The recogniser is too far behind to take more.'));
  }

  #tellGap(
    speakerId: string,
    stretch: { startMs: number; endMs: number },
    { code, message }: RoomflowError,
  ): void {
    this.#options.onEvent({ type: 'gap', speakerId, ...stretch, code, message });
  }
}

const unheard = (message: string): RoomflowError => new RoomflowError('transcription-failed', message);

const noStats: ChildStats = { utterances: 0, interimsDropped: 0, backlogMs: 0 };

const addStats = (one: ChildStats, other: ChildStats): ChildStats => ({
  utterances: one.utterances + other.utterances,
  interimsDropped: one.interimsDropped + other.interimsDropped,
  backlogMs: 0,
});

/** Under which name an utterance goes on that the child before had begun to tell of; its own name otherwise. */
function nameOf(speaker: KnownSpeaker, event: Extract<ChildEvent, { type: 'interim' | 'final' }>): string {
  const { open, renamed } = speaker;
  if (renamed === null) return event.segmentId;
  if (renamed.from === '') {
    const isSame = open !== null && Math.abs(open.startMs - event.startMs) < SAME_UTTERANCE_MS;
    speaker.renamed = isSame ? { ...renamed, from: event.segmentId } : null;
    return isSame ? renamed.to : event.segmentId;
  }
  return renamed.from === event.segmentId ? renamed.to : event.segmentId;
}
