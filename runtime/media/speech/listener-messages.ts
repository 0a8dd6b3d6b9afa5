import type { ErrorCode, SpeechEngineSettings } from '../../contract/index.ts';
import type { EncodedFrame } from '../frame.ts';
import type { ListenerEvent } from './types.ts';
import { FRAME, LENGTH_BYTES, writeControlMessage } from '../pipe-message.ts';

/** The file descriptor over which a listener and its child talk, in both directions. */
export const listenerPipe = 3;

/** How a child is to listen. The engine's key is in it. */
export type ListeningOptions = {
  engine: SpeechEngineSettings | null;
  language: string | null;
  utteranceDirectory: string | null;
  minUtteranceMs: number;
  maxUtteranceMs: number;
};

/** What the listener tells its child. Speakers are numbered by the listener; a number is never given to another. */
export type ToChild =
  | ({ type: 'start' } & ListeningOptions)
  /** Nothing that sounded before `fromMs` is listened to. */
  | { type: 'speaker'; speaker: number; speakerId: string; fromMs: number }
  | { type: 'pause'; speaker: number }
  | { type: 'forget'; speaker: number }
  | { type: 'end' };

/** What a child hears; times and waits are added by the listener. */
export type ChildEvent =
  | Extract<ListenerEvent, { type: 'interim' | 'gap' | 'utterance' }>
  | Omit<Extract<ListenerEvent, { type: 'final' }>, 'overheadMs'>;

export type ChildStats = { utterances: number; interimsDropped: number; backlogMs: number };

/** Up to when all that a speaker said is settled: what sounded before it need not be heard again. */
export type Settled = { speaker: number; settledMs: number };

/** What the child tells. */
export type FromChild =
  | { type: 'ready' }
  /** `arrivalMs`: when the last sound that led to it came, on the monotonic clock. Null where that says nothing. */
  | ({ type: 'heard'; event: ChildEvent; arrivalMs: number | null } & Settled)
  | { type: 'behind'; behind: boolean; backlogMs: number }
  /** Every second: a sign of life. */
  | { type: 'stats'; stats: ChildStats; settled: Settled[] }
  /** All that the speaker said has been told. */
  | { type: 'forgotten'; speaker: number }
  /** The child ends. `isFinal`: another one would fail just so. */
  | { type: 'failed'; code: ErrorCode; message: string; isFinal: boolean };

/** Type, speaker, timestamp, arrival. */
const FRAME_HEADER_BYTES = 1 + 4 + 8 + 8;

/** A control message as it goes over the pipe. */
export const writeControl = (message: ToChild | FromChild): Buffer => writeControlMessage(message);

/** An Opus frame as it goes over the pipe. */
export const writeFrame = (speaker: number, frame: EncodedFrame, arrivalMs: number): Buffer => {
  const size = FRAME_HEADER_BYTES + frame.data.byteLength;
  const buffer = Buffer.allocUnsafe(LENGTH_BYTES + size);
  let at = buffer.writeUInt32LE(size, 0);
  at = buffer.writeUInt8(FRAME, at);
  at = buffer.writeUInt32LE(speaker, at);
  at = buffer.writeDoubleLE(frame.timestampMs, at);
  at = buffer.writeDoubleLE(arrivalMs, at);
  buffer.set(frame.data, at);
  return buffer;
};

/** Cuts what comes over the pipe into messages, in order. */
export class MessageReader<Control extends ToChild | FromChild> {
  readonly #onControl: (message: Control) => void;
  readonly #onFrame: (speaker: number, frame: EncodedFrame, arrivalMs: number) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(
    onControl: (message: Control) => void,
    onFrame: (speaker: number, frame: EncodedFrame, arrivalMs: number) => void = () => undefined,
  ) {
    this.#onControl = onControl;
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= LENGTH_BYTES) {
      const until = at + LENGTH_BYTES + bytes.readUInt32LE(at);
      if (until > bytes.length) break;
      this.#read(bytes.subarray(at + LENGTH_BYTES, until));
      at = until;
    }
    this.#rest = bytes.subarray(at);
  }

  #read(message: Buffer): void {
    if (message[0] === FRAME) {
      const frame: EncodedFrame = {
        kind: 'audio',
        codec: 'opus',
        key: true,
        timestampMs: message.readDoubleLE(5),
        data: message.subarray(FRAME_HEADER_BYTES),
      };
      this.#onFrame(message.readUInt32LE(1), frame, message.readDoubleLE(13));
    } else {
      // Both ends are of one build and write what the type says.
      this.#onControl(JSON.parse(message.toString('utf8', 1)) as Control);
    }
  }
}
