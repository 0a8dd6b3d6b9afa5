import type { ComposedParticipants, CompositionConfig, CompositionLook } from '../contract/index.ts';
import type { EncodedFrame, OutputProfile } from '../media/index.ts';

/** Which composition a step wants. */
export type CompositionRequest = {
  config: CompositionConfig;
  /** Of whom; everybody when left out. */
  participants?: ComposedParticipants | undefined;
};

/** Receives what a composition makes. Called per frame: no promise, no allocation worth naming. */
export type CompositionSink = {
  frame(frame: EncodedFrame): void;
  /** The codec configuration may be another from here on: the next picture is a key frame. */
  interrupted?(reason: string): void;
  failed(error: Error): void;
};

/** A held composition; it ends when nobody holds it any more. */
export type CompositionHold = {
  /** Picture size, or null for sound alone. */
  readonly size: { width: number; height: number } | null;
  /** Opens an encoder of that profile, or joins the one there is. */
  addOutput(profile: OutputProfile, sink: CompositionSink): { requestKeyFrame(): void; close(): void };
  /** Changes the picture for all who hold this composition. */
  update(look: CompositionLook): void;
  /** Called once, when the composition is over because it cannot be made any more; outputs are told beside it. */
  onFailure(listener: (error: Error) => void): void;
  /** Numbers worth telling as a step's progress. */
  stats(): Record<string, number | string | boolean | null>;
  close(): void;
};
