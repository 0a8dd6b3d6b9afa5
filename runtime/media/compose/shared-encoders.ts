import type { EncodedFrame } from '../frame.ts';
import type { ToChild } from './messages.ts';
import type { CompositorOutput, FrameListener, OutputProfile } from './types.ts';

/** One output's share of an encoder. */
type Listener = {
  onFrame: FrameListener;
  /** It has been given a key frame; the pictures before it are of no use. */
  started: boolean;
};

type SharedEncoder = { number: number; open: ToChild; listeners: Set<Listener> };

/** The encoders of a composition: one for each profile of pictures or of sound, whatever the number of outputs. */
export class SharedEncoders {
  readonly #tell: (message: ToChild) => void;
  readonly #byProfile = new Map<string, SharedEncoder>();
  readonly #byNumber = new Map<number, SharedEncoder>();
  #nextNumber = 0;

  constructor(tell: (message: ToChild) => void) {
    this.#tell = tell;
  }

  add({ video, audio }: OutputProfile, onFrame: FrameListener): CompositorOutput {
    const pictures =
      video === null
        ? undefined
        : this.#join(onFrame, pictureProfile(video), (encoder) => ({
            type: 'open-pictures',
            encoder,
            profile: video,
          }));
    const sound = this.#join(onFrame, soundProfile(audio), (encoder) => ({
      type: 'open-sound',
      encoder,
      profile: audio,
    }));
    return {
      requestKeyFrame() {
        pictures?.requestKeyFrame();
      },
      close() {
        pictures?.leave();
        sound.leave();
      },
    };
  }

  /** Hands a frame to all who share its encoder. */
  deliver(number: number, frame: EncodedFrame): void {
    const encoder = this.#byNumber.get(number);
    if (encoder === undefined) return;
    for (const listener of encoder.listeners) {
      listener.started ||= frame.key;
      if (listener.started) listener.onFrame(frame);
    }
  }

  /** Opens all encoders in another child; their numbers stay. */
  reopen(): void {
    for (const { open } of this.#byNumber.values()) this.#tell(open);
  }

  #join(
    onFrame: FrameListener,
    profile: string,
    open: (encoder: number) => ToChild,
  ): { requestKeyFrame(): void; leave(): void } {
    const encoder = this.#byProfile.get(profile) ?? this.#open(profile, open);
    const listener: Listener = { onFrame, started: false };
    encoder.listeners.add(listener);
    const requestKeyFrame = (): void => {
      this.#tell({ type: 'key-frame', encoder: encoder.number });
    };
    if (encoder.listeners.size > 1) requestKeyFrame();
    return {
      requestKeyFrame,
      leave: () => {
        encoder.listeners.delete(listener);
        if (encoder.listeners.size === 0) this.#close(profile, encoder);
      },
    };
  }

  #open(profile: string, open: (encoder: number) => ToChild): SharedEncoder {
    const number = this.#nextNumber++;
    const encoder = { number, open: open(number), listeners: new Set<Listener>() };
    this.#byProfile.set(profile, encoder);
    this.#byNumber.set(number, encoder);
    this.#tell(encoder.open);
    return encoder;
  }

  #close(profile: string, encoder: SharedEncoder): void {
    if (!this.#byNumber.delete(encoder.number)) return;
    this.#byProfile.delete(profile);
    this.#tell({ type: 'close-encoder', encoder: encoder.number });
  }
}

const pictureProfile = ({
  codec,
  width,
  height,
  bitrateBps,
  keyFrameIntervalMs,
}: NonNullable<OutputProfile['video']>) => `${codec} ${width}x${height} ${bitrateBps} ${keyFrameIntervalMs}`;

const soundProfile = ({ codec, bitrateBps }: OutputProfile['audio']) => `${codec} ${bitrateBps}`;
