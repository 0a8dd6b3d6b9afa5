import type { EncodedFrame } from '../media/index.ts';
import type { CompositionSink } from '../steps/index.ts';

type Member = { readonly sink: CompositionSink; waitsForKey: boolean };

/** One output of a composition for however many sinks: each is given pictures from a key frame on. */
export class FrameFanOut {
  /** Replaced, not changed, so that a sink may leave while a frame is being handed out. */
  #members: readonly Member[] = [];

  get size(): number {
    return this.#members.length;
  }

  /** @returns takes the sink out again. */
  add(sink: CompositionSink): () => void {
    const member: Member = { sink, waitsForKey: true };
    this.#members = [...this.#members, member];
    return () => {
      this.#members = this.#members.filter((other) => other !== member);
    };
  }

  /** Called per frame. */
  push(frame: EncodedFrame): void {
    for (const member of this.#members) {
      if (frame.kind === 'video' && member.waitsForKey) {
        if (!frame.key) {
          continue;
        }
        member.waitsForKey = false;
      }
      member.sink.frame(frame);
    }
  }

  /** What comes now does not continue what came: everybody waits for a key frame and is told why. */
  interrupt(reason: string): void {
    for (const member of this.#members) {
      member.waitsForKey = true;
      member.sink.interrupted?.(reason);
    }
  }

  fail(error: Error): void {
    for (const { sink } of this.#members) {
      sink.failed(error);
    }
  }
}
