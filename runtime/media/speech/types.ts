import type {
  RoomflowError,
  SpeechEngineSettings,
  SpeechVoiceSettings,
  TranscribedWord,
} from '../../contract/index.ts';
import type { EncodedFrame } from '../frame.ts';

/** Samples a second of everything that recognisers are given: mono, signed 16 bit. */
export const SPEECH_RATE = 16_000;

/** Recognisers and voices by name, as the operator has set them. Holds secrets. */
export type SpeechSettings = {
  engines: Record<string, SpeechEngineSettings>;
  /** The recogniser of those who name none; the built-in one when left out. */
  defaultEngine?: string;
  voices: Record<string, SpeechVoiceSettings>;
};

/** What an engine has understood of one utterance. Times count from the utterance's first sample. */
export type Recognised = { text: string; language: string | null; words: TranscribedWord[] | null };

/** One utterance of one speaker on its way into an engine. */
export type UtteranceStream = {
  /** The samples are the callee's to keep. Cheap: nothing of it waits. */
  write(samples: Int16Array): void;
  /**
   * The utterance is over. Resolves with what was said (`text` may be empty), once.
   *
   * @throws RoomflowError `engine-failed`, `engine-rate-limited`, `engine-unauthorized`
   */
  finish(): Promise<Recognised>;
  /** Nobody wants to know any more. */
  cancel(): void;
};

export type UtteranceOptions = {
  /** Utterances of one speaker come one after the other; engines may keep what they have learnt of a voice. */
  speakerId: string;
  language: string | null;
  /** Called with the whole text so far. Engines without interim results never call it. */
  onInterim(recognised: Recognised): void;
  /** Asked before an interim result is made: false while the engine is behind. Left out: always wanted. */
  wantsInterim?(): boolean;
  /** The engine has lost the utterance while it is still spoken: `finish` would reject with the same. */
  onLost?(error: RoomflowError): void;
};

/** A recogniser: utterances in, text out. Whatever it starts is gone when `close` has resolved. */
export type SpeechEngine = {
  readonly interim: boolean;
  readonly wordTimes: boolean;
  open(options: UtteranceOptions): UtteranceStream;
  /** Speech that was written and waits to be worked on, milliseconds; told by engines that know. */
  backlogMs?(): number;
  /** The speaker has left: what was kept of the voice may go. */
  forget(speakerId: string): void;
  close(): Promise<void>;
};

/** What a listener tells. Times are milliseconds on the session clock. */
export type ListenerEvent =
  | { type: 'ready' }
  | {
      type: 'interim';
      speakerId: string;
      segmentId: string;
      text: string;
      startMs: number;
      endMs: number;
      language: string | null;
    }
  | {
      type: 'final';
      speakerId: string;
      segmentId: string;
      text: string;
      startMs: number;
      endMs: number;
      language: string | null;
      words: TranscribedWord[] | null;
      /** Spent in or waiting for the engine since the end of speech was known, milliseconds. */
      engineMs: number;
      /** From the arrival of the last audio of the speech to this event, `engineMs` and the chosen pause taken out. */
      overheadMs: number;
    }
  /** Speech that the engine did not get through, and why. */
  | { type: 'gap'; speakerId: string; startMs: number; endMs: number; code: string; message: string }
  /** With `utteranceDirectory`: a WAV file (16 kHz, mono) of each utterance. */
  | { type: 'utterance'; speakerId: string; path: string; bytes: number; startMs: number; endMs: number }
  /** Interim results are being left out because the engine falls behind, or no longer are. */
  | { type: 'behind'; behind: boolean; backlogMs: number };

export type ListenerStats = {
  pid: number | null;
  speakers: number;
  utterances: number;
  restarts: number;
  /** Interim results left out because the engine could not keep up. Finals never are. */
  interimsDropped: number;
  /** Speech that waits for the engine. */
  backlogMs: number;
};

export type ListenerOptions = {
  /** Null: nothing is recognised, utterances alone are told (see `utteranceDirectory`). */
  engine: SpeechEngineSettings | null;
  language: string | null;
  /** Whether each utterance is also left as a file. */
  utteranceDirectory?: string;
  /** Utterances shorter than this are left out, longer ones cut. */
  minUtteranceMs?: number;
  maxUtteranceMs?: number;
  onEvent(event: ListenerEvent): void;
  /** The process ended unexpectedly; another one has been started and takes up what was being said. */
  onRestart(reason: string): void;
  /** Starting it anew does not help, or the engine cannot be started at all: the listener is over. */
  onFailure(error: Error): void;
};

/**
 * Listens to any number of speakers: decodes, finds utterances, has them recognised; in a child process of its own.
 * All calls are cheap; nothing of them waits.
 */
export type Listener = {
  /** One Opus frame of a speaker's microphone, on the session clock. */
  push(speakerId: string, frame: EncodedFrame): void;
  /** Muted, or the track is gone: what was being said is over. */
  pause(speakerId: string): void;
  /** The speaker has left. */
  forget(speakerId: string): void;
  stats(): ListenerStats;
  /** Ends what is being said, waits for the last finals (ten seconds at most) and for the process. Idempotent. */
  close(): Promise<void>;
};

/** What was said in a file. Times are milliseconds from its beginning. */
export type FileSegment = {
  text: string;
  startMs: number;
  endMs: number;
  language: string | null;
  words: TranscribedWord[] | null;
};

export type FileTranscriptionOptions = {
  path: string;
  engine: SpeechEngineSettings;
  language: string | null;
  /** Only this stretch of the file. */
  fromMs?: number;
  toMs?: number;
  /** 0 to 1. */
  onProgress?(share: number): void;
  signal: AbortSignal;
};
