import { RoomflowError, stepParams, type StepParams } from '../../contract/index.ts';
import { probeMedia, readMedia, resolveVoice, type MediaReader } from '../../media/index.ts';
import { defineStep, type Camera, type Microphone, type RunningStep, type StepContext } from '../step.ts';
import { watchForSpeech } from './interruption.ts';
import { Playback } from './playback.ts';

const PROGRESS_INTERVAL_MS = 500;
const FALLBACK_VOICE = 'flite';

/** How a play ended, as its step tells it; how it failed is the step's failure. */
export type PlayOutcome = 'finished' | 'interrupted' | 'stopped';

/** What a `play` step tells its service. */
export type PlayUpdate =
  | { kind: 'play-began' }
  | { kind: 'play-heard'; playedMs: number }
  /** Comes before the step ends, whatever ended it. */
  | { kind: 'play-over'; playedMs: number; outcome: PlayOutcome | 'failed'; by: string | null };

/** Plays speech or a file into the room as a server-side participant that control has let in. */
export const play = defineStep({
  name: 'play',
  params: stepParams.play,
  inputs: [],
  outputs: [{ name: 'out', carries: 'audio-video' }],
  start(context) {
    return new RunningPlay(context);
  },
});

class RunningPlay implements RunningStep {
  readonly #context: StepContext<StepParams<'play'>>;
  readonly #microphone: Microphone;
  readonly #closing = new AbortController();
  #camera: Camera | null = null;
  #reader: MediaReader | null = null;
  #playback: Playback | null = null;
  #stopWatching: (() => void) | null = null;
  #reporting: NodeJS.Timeout | null = null;
  #over = false;
  #released: Promise<void> | null = null;

  constructor(context: StepContext<StepParams<'play'>>) {
    this.#context = context;
    const { participantId } = context.params;
    if (participantId === undefined) {
      throw new RoomflowError('invalid-step-params', 'A play step needs with.participantId.');
    }
    this.#microphone = context.openMicrophone(participantId);
    this.#begin(participantId).catch((error: unknown) => {
      this.#fail(error);
    });
  }

  async stop(): Promise<void> {
    this.#end('stopped', null);
    await this.#release();
  }

  async #begin(participantId: string): Promise<void> {
    const { bargeIn, fromMs = 0 } = this.#context.params;
    const reader = await this.#open(participantId);
    if (this.#closing.signal.aborted) {
      await reader.close();
      return;
    }
    this.#reader = reader;
    this.#playback = new Playback({
      reader,
      microphone: this.#microphone,
      camera: this.#camera,
      fromMs,
      nowMs: () => this.#context.nowMs(),
      onBegin: () => {
        this.#tell({ kind: 'play-began' });
        if (bargeIn === true) {
          this.#stopWatching = watchForSpeech(this.#context, (speakerId) => {
            this.#end('interrupted', speakerId);
          });
        }
      },
      onEnd: (failure) => {
        if (failure) {
          this.#fail(failure);
        } else {
          this.#end('finished', null);
        }
      },
    });
    this.#reporting = setInterval(() => {
      this.#tell({ kind: 'play-heard', playedMs: this.#playedMs });
    }, PROGRESS_INTERVAL_MS);
  }

  async #open(participantId: string): Promise<MediaReader> {
    const { text, voice, file } = this.#context.params;
    if (file !== undefined) {
      const { hasPictures } = await probeMedia(file);
      if (hasPictures && !this.#closing.signal.aborted) {
        this.#camera = this.#context.openCamera(participantId);
      }
      return readMedia({ kind: 'file', path: file }, { application: 'audio', pictures: hasPictures });
    }
    if (text === undefined) {
      throw new RoomflowError('invalid-step-params', 'A play step needs with.text or with.file.');
    }
    const speaker = resolveVoice(voice ?? FALLBACK_VOICE, this.#context.speech.voices);
    const spoken = await speaker.speak(text, this.#closing.signal);
    return readMedia(spoken, { application: 'voip', pictures: false });
  }

  get #playedMs(): number {
    return Math.round(this.#playback?.playedMs ?? this.#context.params.fromMs ?? 0);
  }

  #tell(update: PlayUpdate): void {
    this.#context.report({ type: 'update', update });
  }

  #end(outcome: PlayOutcome, by: string | null): void {
    if (!this.#over) {
      this.#tellOver(outcome, by);
      this.#context.report({ type: 'ended', reason: outcome });
    }
  }

  #fail(error: unknown): void {
    if (!this.#over) {
      this.#tellOver('failed', null);
      const { code, message } = error instanceof RoomflowError ? error : this.#sourceFailure(error);
      this.#context.report({ type: 'failure', code, message });
    }
  }

  /** Whoever decodes it says why it cannot be. */
  #sourceFailure(error: unknown): RoomflowError {
    const why = error instanceof Error ? error.message : String(error);
    const { text, voice } = this.#context.params;
    return text === undefined
      ? new RoomflowError('play-failed', `The file could not be played to its end: ${why}.`)
      : new RoomflowError('voice-failed', `The voice "${voice ?? ''}" gave what is no sound: ${why}.`);
  }

  #tellOver(outcome: PlayOutcome | 'failed', by: string | null): void {
    this.#over = true;
    this.#tell({ kind: 'play-over', playedMs: this.#playedMs, outcome, by });
    void this.#release();
  }

  #release(): Promise<void> {
    this.#released ??= this.#releaseAll();
    return this.#released;
  }

  async #releaseAll(): Promise<void> {
    this.#closing.abort();
    this.#playback?.stop();
    this.#stopWatching?.();
    if (this.#reporting) {
      clearInterval(this.#reporting);
    }
    this.#microphone.close();
    this.#camera?.close();
    await this.#reader?.close();
  }
}
